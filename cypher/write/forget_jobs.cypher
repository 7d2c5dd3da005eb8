// At most $limit jobs that ended before.
MATCH (j:Job)
WHERE j.finished_at < $before_at
WITH j, j.id AS id LIMIT $limit
DELETE j
RETURN id
