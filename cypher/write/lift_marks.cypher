// The marks of an erased person are no longer in force; they stay, to say so.
UNWIND $keys AS key
MATCH (t:Tombstone {key: key})
SET t.lifted_at = $at, t.lifted_for = $reason
