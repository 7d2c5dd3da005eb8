// A repetition after an unknown outcome finds its own node.
MERGE (s:SameAs {id: $row.id})
SET s += $row
