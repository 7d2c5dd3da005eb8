// What was merged of a record goes with it.
MATCH (m:Merge)
WHERE m.survivor = $id OR m.merged = $id
DELETE m
