// Only while it is in one of the states from which this step is allowed.
MATCH (j:Job {id: $id})
WHERE j.state IN $states
SET j += $row
RETURN j {.*} AS job
