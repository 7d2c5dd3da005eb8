// A keyset page of the parts of long results, whole, for a copy of the store.
MATCH (n:Page)
WHERE n.key > $after
RETURN n.key AS place, n {.*} AS properties
ORDER BY place
LIMIT $limit
