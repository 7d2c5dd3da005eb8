UNWIND $rows AS row
CREATE (n:Node:Association)
SET n = row
