// A keyset page of safeguarding overrides, whole, for a copy of the store.
MATCH (n:Override)
WHERE n.id > $after
RETURN n.id AS place, n {.*} AS properties
ORDER BY place
LIMIT $limit
