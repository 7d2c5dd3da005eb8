// Kind and steward of these nodes: what rules and policy read of a tie's ends. One row for each
// pair of the two: a row for each node costs more than finding it.
UNWIND $ids AS id
MATCH (n:Node {id: id})
RETURN n.kind AS kind, n.steward AS steward, collect(n.id) AS ids
