// Remembers the last versions of what is deleted, so that a recreated id goes on counting.
UNWIND $rows AS row
MERGE (t:Tombstone {key: row.key})
SET t.version = row.version
