// A keyset page of tombstones, whole, for a copy of the store.
MATCH (n:Tombstone)
WHERE n.key > $after
RETURN n.key AS place, n {.*} AS properties
ORDER BY place
LIMIT $limit
