// Marks of an erased person; one that was lifted is in force again.
UNWIND $rows AS row
MERGE (t:Tombstone {key: row.key})
SET t = row
