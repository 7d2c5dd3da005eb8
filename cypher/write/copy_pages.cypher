UNWIND $rows AS row
CREATE (n:Page)
SET n = row
