// Several services may have seen one key: the latest use stands.
UNWIND $rows AS row
MATCH (k:Key {id: row.id})
WHERE k.last_used_at IS NULL OR k.last_used_at < row.at
SET k.last_used_at = row.at
