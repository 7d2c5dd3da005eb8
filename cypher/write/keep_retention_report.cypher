// A repetition after an unknown outcome finds its own node.
MERGE (r:RetentionReport {id: $row.id})
SET r = $row
