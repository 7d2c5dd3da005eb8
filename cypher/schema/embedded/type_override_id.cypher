CREATE CONSTRAINT type_override_id IF NOT EXISTS
FOR (n:Override) REQUIRE n.id IS :: STRING
