CREATE INDEX index_change_unit IF NOT EXISTS
FOR (n:Change) ON (n.unit)
