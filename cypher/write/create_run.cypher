// A repetition after an unknown outcome finds its own node.
MERGE (n:Run {id: $row.id})
SET n = $row
