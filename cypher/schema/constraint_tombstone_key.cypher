CREATE CONSTRAINT constraint_tombstone_key IF NOT EXISTS
FOR (n:Tombstone) REQUIRE n.key IS UNIQUE
