// A keyset page of schedules, whole, for a copy of the store.
MATCH (n:Schedule)
WHERE n.id > $after
RETURN n.id AS place, n {.*} AS properties
ORDER BY place
LIMIT $limit
