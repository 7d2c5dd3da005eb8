UNWIND $rows AS row
CREATE (n:SameAs)
SET n = row
