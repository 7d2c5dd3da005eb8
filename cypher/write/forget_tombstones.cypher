UNWIND $keys AS key
MATCH (t:Tombstone {key: key})
DELETE t
