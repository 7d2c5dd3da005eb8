CREATE CONSTRAINT type_node_source_key IF NOT EXISTS
FOR (n:Node) REQUIRE n.source_key IS :: STRING
