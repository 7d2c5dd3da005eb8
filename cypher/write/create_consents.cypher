UNWIND $rows AS row
CREATE (c:Consent)
SET c = row
