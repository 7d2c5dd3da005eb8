// Corrections in a state: of the people whom a steward has by now, or of one person.
MATCH (c:Correction)
WHERE c.state = $state AND c.id > $after
MATCH (n:Node {id: c.person})
WHERE $all OR coalesce(n.steward, '') = $steward OR n.id = $asker
RETURN c {.*} AS correction
ORDER BY c.id
LIMIT $limit
