UNWIND $rows AS row
CREATE (n:Node:Agency)
SET n = row
