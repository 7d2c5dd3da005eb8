// A fresh store has its own by now: they become those of the store that is copied.
UNWIND $rows AS row
MERGE (c:Counter {id: row.id})
SET c = row
