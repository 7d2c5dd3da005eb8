UNWIND $rows AS row
CREATE (n:Clearance)
SET n = row
