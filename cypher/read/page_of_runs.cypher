// Runs, the latest first: their ids are UUIDs of version 7.
MATCH (n:Run)
WHERE n.id < $before AND ($kind IS NULL OR n.kind = $kind)
RETURN n {.*} AS run
ORDER BY n.id DESC
LIMIT $limit
