// A repetition after an unknown outcome finds its own node.
MERGE (c:Correction {id: $row.id})
SET c += $row
