CREATE CONSTRAINT constraint_schedule_id IF NOT EXISTS
FOR (n:Schedule) REQUIRE n.id IS UNIQUE
