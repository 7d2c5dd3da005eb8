// A repetition after an unknown outcome finds its own node. A property that is null goes.
MERGE (m:Merge {id: $row.id})
SET m += $row
