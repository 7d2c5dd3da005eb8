// Which nodes have these foreign ids of their stewards.
UNWIND $source_keys AS source_key
MATCH (n:Node {source_key: source_key})
RETURN source_key, n.id AS id
