UNWIND $rows AS row
CREATE (n:Node:Asset)
SET n = row
