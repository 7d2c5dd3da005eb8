// A keyset page of what is said to be the same, whole, for a copy of the store.
MATCH (n:SameAs)
WHERE n.id > $after
RETURN n.id AS place, n {.*} AS properties
ORDER BY place
LIMIT $limit
