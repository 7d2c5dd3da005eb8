// The nodes of these ids that the view reaches.
UNWIND $ids AS id
MATCH (n:Node {id: id})
WHERE $sees_everything OR n.steward = $organisation OR NOT n:Person
RETURN n {.*} AS node
