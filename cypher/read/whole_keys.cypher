// A keyset page of callers' keys, whole, for a copy of the store.
MATCH (n:Key)
WHERE n.id > $after
RETURN n.id AS place, n {.*} AS properties
ORDER BY place
LIMIT $limit
