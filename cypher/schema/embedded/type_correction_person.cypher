CREATE CONSTRAINT type_correction_person IF NOT EXISTS
FOR (n:Correction) REQUIRE n.person IS :: STRING
