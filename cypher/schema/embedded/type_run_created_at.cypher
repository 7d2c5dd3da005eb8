CREATE CONSTRAINT type_run_created_at IF NOT EXISTS
FOR (n:Run) REQUIRE n.created_at IS :: ZONED DATETIME
