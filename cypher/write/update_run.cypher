MATCH (n:Run {id: $id})
SET n += $row
RETURN n {.*} AS run
