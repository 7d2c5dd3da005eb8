// A keyset page of nodes, whole, for a copy of the store.
MATCH (n:Node)
WHERE n.id > $after
RETURN n.id AS place, n {.*} AS properties
ORDER BY place
LIMIT $limit
