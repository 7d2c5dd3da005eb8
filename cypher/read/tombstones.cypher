// The last versions of what was deleted under these keys.
UNWIND $keys AS key
MATCH (t:Tombstone {key: key})
RETURN t.key AS key, t.version AS version
