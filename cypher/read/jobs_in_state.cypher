// Jobs that wait or run, oldest first.
MATCH (j:Job)
WHERE j.state IN $states
RETURN j {.*} AS job
ORDER BY job.created_at, job.id
