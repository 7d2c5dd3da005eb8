// Schedules of one role and organisation, the oldest first: their ids are UUIDs of version 7.
MATCH (n:Schedule)
WHERE n.id > $after
  AND ($of_all OR (n.role = $role AND coalesce(n.organisation, '') = $organisation))
RETURN n {.*} AS schedule
ORDER BY n.id
LIMIT $limit
