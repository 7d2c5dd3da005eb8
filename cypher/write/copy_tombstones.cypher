UNWIND $rows AS row
CREATE (n:Tombstone)
SET n = row
