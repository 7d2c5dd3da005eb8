UNWIND $rows AS row
CREATE (n:Override)
SET n = row
