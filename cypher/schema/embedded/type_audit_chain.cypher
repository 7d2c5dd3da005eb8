CREATE CONSTRAINT type_audit_chain IF NOT EXISTS
FOR (n:Audit) REQUIRE n.chain IS :: STRING
