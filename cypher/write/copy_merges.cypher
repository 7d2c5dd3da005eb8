UNWIND $rows AS row
CREATE (n:Merge)
SET n = row
