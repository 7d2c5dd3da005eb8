CREATE INDEX index_audit_at IF NOT EXISTS
FOR (n:Audit) ON (n.at)
