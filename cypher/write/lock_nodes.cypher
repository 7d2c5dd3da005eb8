// Takes the write lock of each node until the transaction ends; comes in the order of the ids.
UNWIND $ids AS id
MATCH (n:Node {id: id})
SET n.locked = true
REMOVE n.locked
