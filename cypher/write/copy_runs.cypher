UNWIND $rows AS row
CREATE (n:Run)
SET n = row
