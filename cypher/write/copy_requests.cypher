UNWIND $rows AS row
CREATE (n:Request)
SET n = row
