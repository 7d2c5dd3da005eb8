UNWIND $rows AS row
CREATE (n:Area)
SET n = row
