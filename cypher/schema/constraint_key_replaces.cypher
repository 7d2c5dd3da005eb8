CREATE CONSTRAINT constraint_key_replaces IF NOT EXISTS
FOR (n:Key) REQUIRE n.replaces IS UNIQUE
