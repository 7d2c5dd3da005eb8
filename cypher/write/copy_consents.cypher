UNWIND $rows AS row
CREATE (n:Consent)
SET n = row
