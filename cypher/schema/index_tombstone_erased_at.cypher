CREATE INDEX index_tombstone_erased_at IF NOT EXISTS
FOR (n:Tombstone) ON (n.erased_at)
