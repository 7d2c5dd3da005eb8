// A keyset page of report runs, whole, for a copy of the store.
MATCH (n:Run)
WHERE n.id > $after
RETURN n.id AS place, n {.*} AS properties
ORDER BY place
LIMIT $limit
