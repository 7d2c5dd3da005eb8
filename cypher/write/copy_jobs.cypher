UNWIND $rows AS row
CREATE (n:Job)
SET n = row
