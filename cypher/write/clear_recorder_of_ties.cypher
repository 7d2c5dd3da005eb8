MATCH (a:Node)-[r:OFFERS|WANTS|CONNECTS|TRUSTS]->(b:Node)
WHERE r.provenance_recorded_by IN $said
SET r.provenance_recorded_by = null, r.version = r.version + 1, r.updated_at = $at
RETURN toLower(type(r)) AS type, r.id AS id, r.version AS version, r.steward AS steward,
  a.id AS source, b.id AS target
