// The nodes of these foreign ids that the view reaches.
UNWIND $source_keys AS source_key
MATCH (n:Node {source_key: source_key})
WHERE $sees_everything OR n.steward = $organisation OR NOT n:Person
RETURN n {.*} AS node
