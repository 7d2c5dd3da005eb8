// What an organisation asked for, in some states.
MATCH (c:Clearance {organisation: $organisation})
WHERE c.state IN $states
RETURN c {.*} AS clearance
ORDER BY c.id
