// Takes the write lock of each node until the transaction ends; comes in the order of the ids. Then
// says what these nodes are, as read/node_facts does.
UNWIND $ids AS id
MATCH (n:Node {id: id})
SET n.locked = true
REMOVE n.locked
RETURN n.kind AS kind, n.steward AS steward, collect(n.id) AS ids
