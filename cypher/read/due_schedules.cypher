// Schedules whose time has come, the longest waiting first.
MATCH (n:Schedule)
WHERE NOT n.paused AND n.next_at <= $now
RETURN n {.*} AS schedule
ORDER BY n.next_at, n.id
