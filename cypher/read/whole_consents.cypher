// A keyset page of consents, whole, for a copy of the store.
MATCH (n:Consent)
WHERE n.id > $after
RETURN n.id AS place, n {.*} AS properties
ORDER BY place
LIMIT $limit
