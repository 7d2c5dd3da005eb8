UNWIND $rows AS row
CREATE (n:RetentionReport)
SET n = row
