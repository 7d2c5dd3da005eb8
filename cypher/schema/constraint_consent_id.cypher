CREATE CONSTRAINT constraint_consent_id IF NOT EXISTS
FOR (n:Consent) REQUIRE n.id IS UNIQUE
