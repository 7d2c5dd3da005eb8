CREATE INDEX index_node_search_name IF NOT EXISTS
FOR (n:Node) ON (n.search_name)
