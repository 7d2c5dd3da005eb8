// The keys of a person, or for an organisation, that is gone.
MATCH (k:Key)
WHERE (k.person = $party OR k.steward = $party) AND k.revoked_at IS NULL
SET k.revoked_at = $at
RETURN k.id AS id
ORDER BY id
