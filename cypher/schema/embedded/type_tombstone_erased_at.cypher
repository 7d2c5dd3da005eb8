CREATE CONSTRAINT type_tombstone_erased_at IF NOT EXISTS
FOR (n:Tombstone) REQUIRE n.erased_at IS :: ZONED DATETIME
