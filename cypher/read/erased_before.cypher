// Marks in force of persons who were erased before, and whose plain id is still kept.
MATCH (t:Tombstone)
WHERE t.erased_at < $before AND t.id IS NOT NULL AND t.lifted_at IS NULL
RETURN t.key AS key, t.id AS id
ORDER BY key
LIMIT $limit
