UNWIND $rows AS row
CREATE (n:Node:Person)
SET n = row
