// A keyset page of merges, whole, for a copy of the store.
MATCH (n:Merge)
WHERE n.id > $after
RETURN n.id AS place, n {.*} AS properties
ORDER BY place
LIMIT $limit
