// The latest answer of a schedule before one of its runs: their ids are UUIDs of version 7.
MATCH (n:Run {schedule: $schedule})
WHERE n.id < $id AND n.state = 'done'
RETURN n {.*} AS run
ORDER BY n.id DESC
LIMIT 1
