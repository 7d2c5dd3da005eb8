CREATE CONSTRAINT type_clearance_organisation IF NOT EXISTS
FOR (n:Clearance) REQUIRE n.organisation IS :: STRING
