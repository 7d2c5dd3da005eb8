CREATE (a:Area)
SET a = $row
