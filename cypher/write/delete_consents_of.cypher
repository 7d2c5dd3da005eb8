// What was agreed with a person, asked by them, and opened without, goes with the record.
MATCH (c:Consent|Override|Correction {person: $person})
DELETE c
