// A keyset page of clearances, whole, for a copy of the store.
MATCH (n:Clearance)
WHERE n.id > $after
RETURN n.id AS place, n {.*} AS properties
ORDER BY place
LIMIT $limit
