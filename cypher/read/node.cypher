// One node, of any kind, as far as the view reaches.
MATCH (n:Node {id: $id})
WHERE $sees_everything OR n.steward = $organisation OR NOT n:Person
RETURN n {.*} AS node
