// One process moves a schedule on from the time that has come: whoever has the lock first.
MATCH (n:Schedule {id: $id})
SET n.locked = true
REMOVE n.locked
WITH n
WHERE NOT n.paused AND n.next_at = $due
SET n += $row
RETURN n {.*} AS schedule
