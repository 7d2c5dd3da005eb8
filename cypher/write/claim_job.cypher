// Work that waits, or whose process is silent, is given to one process: whoever has the lock first.
MATCH (j:Job {id: $id})
SET j.locked = true
REMOVE j.locked
WITH j
WHERE j.state = $waits
  OR (j.state = $runs AND ($anyway OR j.owner = $owner OR j.seen_at < $silent_since))
SET j.state = $runs, j.owner = $owner, j.seen_at = $now
RETURN j {.*} AS job
