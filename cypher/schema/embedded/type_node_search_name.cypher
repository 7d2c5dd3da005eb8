CREATE CONSTRAINT type_node_search_name IF NOT EXISTS
FOR (n:Node) REQUIRE n.search_name IS :: STRING
