// Kind and steward of these nodes: what rules and policy read of a tie's ends.
UNWIND $ids AS id
MATCH (n:Node {id: id})
RETURN n.id AS id, n.kind AS kind, n.steward AS steward
