// Every correction that one person asked for, the oldest first.
MATCH (c:Correction {person: $person})
RETURN c {.*} AS correction
ORDER BY c.id
