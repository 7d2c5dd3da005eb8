// A keyset page of the audit of writes, whole, for a copy of the store.
MATCH (n:Audit)
WHERE n.id > $after
RETURN n.id AS place, n {.*} AS properties
ORDER BY place
LIMIT $limit
