// Jobs that keep rows that failed, or a problem: what may name somebody.
MATCH (j:Job)
WHERE j.pages > 0 OR j.problem IS NOT NULL
RETURN j {.*} AS job
