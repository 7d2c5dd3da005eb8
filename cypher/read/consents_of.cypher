// Every consent of these people, withdrawn ones too, in the order in which they were recorded.
UNWIND $people AS person
MATCH (c:Consent {person: person})
RETURN c {.*} AS consent
ORDER BY c.person, c.recorded_at, c.id
