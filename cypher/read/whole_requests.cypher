// A keyset page of idempotency records, whole, for a copy of the store.
MATCH (n:Request)
WHERE n.key > $after
RETURN n.key AS place, n {.*} AS properties
ORDER BY place
LIMIT $limit
