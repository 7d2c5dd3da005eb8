// A repetition after an unknown outcome finds its own node.
MERGE (c:Clearance {id: $row.id})
SET c += $row
