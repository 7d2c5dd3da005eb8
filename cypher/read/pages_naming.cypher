// Whose pages hold one of these ids.
MATCH (p:Page)
WHERE any(id IN $ids WHERE p.text CONTAINS id)
RETURN DISTINCT split(p.key, ':')[0] AS owner
