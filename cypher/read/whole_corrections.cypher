// A keyset page of corrections, whole, for a copy of the store.
MATCH (n:Correction)
WHERE n.id > $after
RETURN n.id AS place, n {.*} AS properties
ORDER BY place
LIMIT $limit
