CREATE CONSTRAINT type_override_person IF NOT EXISTS
FOR (n:Override) REQUIRE n.person IS :: STRING
