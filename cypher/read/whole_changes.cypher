// A keyset page of packed changes, whole, for a copy of the store.
MATCH (n:Change)
WHERE n.first > $after
RETURN n.first AS place, n {.*} AS properties
ORDER BY place
LIMIT $limit
