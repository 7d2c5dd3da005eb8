CREATE CONSTRAINT constraint_override_id IF NOT EXISTS
FOR (n:Override) REQUIRE n.id IS UNIQUE
