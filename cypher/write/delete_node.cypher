// With its ties: each has its own change entry by now.
MATCH (n:Node {id: $id})
DETACH DELETE n
