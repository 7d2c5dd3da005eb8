MATCH (a:Area {id: $row.id})
SET a += $row
