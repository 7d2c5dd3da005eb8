CREATE INDEX index_node_steward IF NOT EXISTS
FOR (n:Node) ON (n.steward)
