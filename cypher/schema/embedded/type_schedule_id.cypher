CREATE CONSTRAINT type_schedule_id IF NOT EXISTS
FOR (n:Schedule) REQUIRE n.id IS :: STRING
