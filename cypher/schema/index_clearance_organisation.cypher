CREATE INDEX index_clearance_organisation IF NOT EXISTS
FOR (n:Clearance) ON (n.organisation)
