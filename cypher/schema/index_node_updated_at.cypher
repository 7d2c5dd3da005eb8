CREATE INDEX index_node_updated_at IF NOT EXISTS
FOR (n:Node) ON (n.updated_at)
