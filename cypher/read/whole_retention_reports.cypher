// A keyset page of retention reports, whole, for a copy of the store.
MATCH (n:RetentionReport)
WHERE n.id > $after
RETURN n.id AS place, n {.*} AS properties
ORDER BY place
LIMIT $limit
