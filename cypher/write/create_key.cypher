// A repetition after an unknown outcome finds its own node.
MERGE (k:Key {id: $row.id})
SET k = $row
