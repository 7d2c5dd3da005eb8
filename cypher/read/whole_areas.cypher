// A keyset page of areas, whole, for a copy of the store.
MATCH (n:Area)
WHERE n.id > $after
RETURN n.id AS place, n {.*} AS properties
ORDER BY place
LIMIT $limit
