// Runs of one role and organisation, the latest first: their ids are UUIDs of version 7.
MATCH (n:Run)
WHERE n.id < $before AND ($kind IS NULL OR n.kind = $kind)
  AND ($schedule IS NULL OR n.schedule = $schedule)
  AND ($of_all OR (n.role = $role AND coalesce(n.organisation, '') = $organisation))
RETURN n {.*} AS run
ORDER BY n.id DESC
LIMIT $limit
