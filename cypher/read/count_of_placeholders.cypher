MATCH (n:Person)
WHERE coalesce(n.mapped, false) = false
  AND n.updated_at < $unchanged_since
  AND (n.expires_on <= $today OR (n.expires_on IS NULL AND n.created_at < $before_at))
  AND coalesce(n.restricted, false) = false
  AND (n.override_after IS NULL OR n.override_after <= $today)
OPTIONAL MATCH (c:Consent {person: n.id})
WITH n.id AS id, count(c) AS consents
WHERE consents = 0
RETURN count(id) AS count
