UNWIND $rows AS row
CREATE (n:Schedule)
SET n = row
