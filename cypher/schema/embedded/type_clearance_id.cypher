CREATE CONSTRAINT type_clearance_id IF NOT EXISTS
FOR (n:Clearance) REQUIRE n.id IS :: STRING
