CREATE INDEX index_audit_chain IF NOT EXISTS
FOR (n:Audit) ON (n.chain)
