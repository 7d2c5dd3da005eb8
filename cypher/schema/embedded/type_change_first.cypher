CREATE CONSTRAINT type_change_first IF NOT EXISTS
FOR (n:Change) REQUIRE n.first IS :: INTEGER
