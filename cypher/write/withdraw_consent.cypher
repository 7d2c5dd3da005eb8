// One that was withdrawn stays as it was withdrawn first.
MATCH (c:Consent {id: $id})
SET c.withdrawn = coalesce(c.withdrawn, $at)
