MATCH (n:Node)
WHERE n.provenance_recorded_by IN $said
SET n.provenance_recorded_by = null, n.version = n.version + 1, n.updated_at = $at
RETURN n.id AS id, n.kind AS kind, n.version AS version, n.steward AS steward
