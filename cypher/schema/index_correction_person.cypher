CREATE INDEX index_correction_person IF NOT EXISTS
FOR (n:Correction) ON (n.person)
