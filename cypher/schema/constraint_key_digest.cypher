CREATE CONSTRAINT constraint_key_digest IF NOT EXISTS
FOR (n:Key) REQUIRE n.digest IS UNIQUE
