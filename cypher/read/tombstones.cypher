// What is remembered under these keys: last versions, and marks of erased persons.
UNWIND $keys AS key
MATCH (t:Tombstone {key: key})
RETURN t.key AS key, t.version AS version, t.steward AS steward, t.source_hmac AS source_hmac,
  t.erased_at AS erased_at, t.lifted_at AS lifted_at
