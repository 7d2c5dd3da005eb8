MATCH (j:Job)
WHERE j.finished_at < $before_at
RETURN count(j) AS count
