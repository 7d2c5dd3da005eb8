// Ties that ended before a day and were not changed since, for their deletion.
MATCH (a:Node)-[r:OFFERS|WANTS|CONNECTS|TRUSTS]->(b:Node)
WHERE r.valid_to < $before AND r.updated_at < $unchanged_since
RETURN toLower(type(r)) AS type, r.id AS id, r.version AS version, r.steward AS steward,
  r.clearance AS clearance, a.id AS source, b.id AS target
ORDER BY type, id
LIMIT $limit
