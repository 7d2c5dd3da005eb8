// What tells records of one kind apart, of those that a steward has.
MATCH (n:Node)
WHERE n.id > $after AND n.kind = $kind AND ($all OR coalesce(n.steward, '') = $steward)
RETURN n.id AS id, n.name AS name, n.steward AS steward, n.contacts AS contacts,
  n.source_system AS source_system, n.source_type AS source_type, n.source_id AS source_id
ORDER BY n.id
LIMIT $limit
