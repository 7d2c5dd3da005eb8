CREATE CONSTRAINT constraint_counter_id IF NOT EXISTS
FOR (n:Counter) REQUIRE n.id IS UNIQUE
