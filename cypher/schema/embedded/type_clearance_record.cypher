CREATE CONSTRAINT type_clearance_record IF NOT EXISTS
FOR (n:Clearance) REQUIRE n.record IS :: STRING
