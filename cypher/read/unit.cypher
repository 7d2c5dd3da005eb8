// Whether a unit of work was committed, for a writer that lost the answer.
MATCH (c:Change)
WHERE c.unit = $unit
RETURN c.unit AS unit
