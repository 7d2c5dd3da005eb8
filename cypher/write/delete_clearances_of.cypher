// What was asked for a record, or by an organisation, goes with it.
MATCH (c:Clearance)
WHERE c.record = $id OR c.organisation = $id
DELETE c
