CREATE CONSTRAINT type_run_question IF NOT EXISTS
FOR (n:Run) REQUIRE n.question IS :: STRING
