// What is said of a record goes with it.
MATCH (s:SameAs)
WHERE s.record = $id OR s.same_as = $id
DELETE s
