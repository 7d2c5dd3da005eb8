// All that was asked for one record, the oldest first.
MATCH (c:Clearance {record: $record})
RETURN c {.*} AS clearance
ORDER BY c.id
