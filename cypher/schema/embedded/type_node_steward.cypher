CREATE CONSTRAINT type_node_steward IF NOT EXISTS
FOR (n:Node) REQUIRE n.steward IS :: STRING
