// Only while it is in one of the states from which this step is allowed.
MATCH (n:Run {id: $id})
WHERE n.state IN $states
SET n += $row
RETURN n {.*} AS run
