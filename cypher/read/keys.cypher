MATCH (k:Key)
RETURN k {.*} AS key
ORDER BY key.created_at, key.id
