// Every safeguarding override of one record, the oldest first.
MATCH (o:Override {person: $person})
RETURN o {.*} AS override
ORDER BY o.recorded_at, o.id
