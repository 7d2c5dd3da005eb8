MATCH (n:Schedule {id: $id})
SET n += $row
RETURN n {.*} AS schedule
