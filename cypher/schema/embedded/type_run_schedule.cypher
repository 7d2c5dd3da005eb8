CREATE CONSTRAINT type_run_schedule IF NOT EXISTS
FOR (n:Run) REQUIRE n.schedule IS :: STRING
