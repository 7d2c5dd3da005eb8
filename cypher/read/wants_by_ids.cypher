// Between whom the ties of this type with these ids are. The embedded engine walks all of the type.
MATCH (a)-[r:WANTS]->(b)
WHERE r.id IN $ids
RETURN r.id AS id, a.id AS source, b.id AS target
ORDER BY id
