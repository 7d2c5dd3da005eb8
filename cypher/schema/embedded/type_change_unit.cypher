CREATE CONSTRAINT type_change_unit IF NOT EXISTS
FOR (n:Change) REQUIRE n.unit IS :: STRING
