CREATE INDEX index_clearance_record IF NOT EXISTS
FOR (n:Clearance) ON (n.record)
