CREATE INDEX index_override_person IF NOT EXISTS
FOR (n:Override) ON (n.person)
