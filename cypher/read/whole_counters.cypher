// A keyset page of counters, whole, for a copy of the store.
MATCH (n:Counter)
WHERE n.id > $after
RETURN n.id AS place, n {.*} AS properties
ORDER BY place
LIMIT $limit
