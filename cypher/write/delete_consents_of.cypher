// What was agreed with a person, and what was opened without, goes with the record.
MATCH (c:Consent|Override {person: $person})
DELETE c
