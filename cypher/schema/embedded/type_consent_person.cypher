CREATE CONSTRAINT type_consent_person IF NOT EXISTS
FOR (n:Consent) REQUIRE n.person IS :: STRING
