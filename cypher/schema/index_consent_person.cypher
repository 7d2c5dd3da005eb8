CREATE INDEX index_consent_person IF NOT EXISTS
FOR (n:Consent) ON (n.person)
