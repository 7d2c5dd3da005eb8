// All that is said of these records in some states. Cost: a walk over what is said of any.
MATCH (s:SameAs)
WHERE s.state IN $states AND (s.record IN $ids OR s.same_as IN $ids)
RETURN s {.*} AS said
ORDER BY s.id
