// Wants of others that were met by offers that are gone.
MATCH (a:Node)-[r:WANTS]->(b:Node)
WHERE r.met_by IN $offers
SET r.met_by = null, r.version = r.version + 1, r.updated_at = $at
RETURN r.id AS id, r.version AS version, r.steward AS steward, a.id AS source, b.id AS target
