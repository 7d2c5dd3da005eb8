CREATE (o:Override)
SET o = $row
