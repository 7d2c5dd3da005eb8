// People whom only others named, who agreed to nothing and were not told yet, by the time at which
// they were recorded: of all, or of one steward.
MATCH (n:Person)
WHERE coalesce(n.mapped, false) = false
  AND n.told_on IS NULL
  AND (n.created_at > $after_at OR (n.created_at = $after_at AND n.id > $after))
  AND ($all OR coalesce(n.steward, '') = $steward)
OPTIONAL MATCH (c:Consent {person: n.id})
WITH n.id AS person, n.name AS name, n.created_at AS recorded_at, n.expires_on AS expires_on,
  count(c) AS consents
WHERE consents = 0
RETURN person, name, recorded_at, expires_on
ORDER BY recorded_at, person
LIMIT $limit
