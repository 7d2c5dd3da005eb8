UNWIND $rows AS row
CREATE (n:Audit)
SET n = row
