CREATE CONSTRAINT type_node_updated_at IF NOT EXISTS
FOR (n:Node) REQUIRE n.updated_at IS :: ZONED DATETIME
