// What was merged, of the records that a steward has.
MATCH (m:Merge)
WHERE m.id > $after
  AND ($id IS NULL OR m.id = $id)
  AND ($state IS NULL OR m.state = $state)
  AND ($all OR coalesce(m.steward, '') = $steward)
RETURN m {.*} AS merge
ORDER BY m.id
LIMIT $limit
