// A keyset page of jobs, whole, for a copy of the store.
MATCH (n:Job)
WHERE n.id > $after
RETURN n.id AS place, n {.*} AS properties
ORDER BY place
LIMIT $limit
