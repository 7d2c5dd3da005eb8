// A repetition after an unknown outcome finds its own node.
MERGE (j:Job {id: $row.id})
SET j = $row
