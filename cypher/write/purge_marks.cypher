UNWIND $keys AS key
MATCH (t:Tombstone {key: key})
SET t.id = null
