CREATE CONSTRAINT type_correction_id IF NOT EXISTS
FOR (n:Correction) REQUIRE n.id IS :: STRING
