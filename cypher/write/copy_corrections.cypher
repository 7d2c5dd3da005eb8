UNWIND $rows AS row
CREATE (n:Correction)
SET n = row
