UNWIND $rows AS row
CREATE (n:Change)
SET n = row
