// Whose pages hold this id.
MATCH (p:Page)
WHERE p.text CONTAINS $id
RETURN DISTINCT split(p.key, ':')[0] AS owner
