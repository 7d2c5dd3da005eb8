// Takes the lock of whoever numbers changes: every unit that has numbered its own is over then.
MATCH (c:Counter {id: 'changes'})
SET c.locked = true
REMOVE c.locked
