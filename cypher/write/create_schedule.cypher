// A repetition after an unknown outcome finds its own node.
MERGE (n:Schedule {id: $row.id})
SET n = $row
