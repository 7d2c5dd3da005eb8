// The live ties at these nodes, both ends and the tie seen: one ring of a neighbourhood.
UNWIND $ids AS id
MATCH (n:Node {id: id})-[r:OFFERS|WANTS|CONNECTS|TRUSTS]-(m:Node)
WHERE toLower(type(r)) IN $types
  AND (r.valid_from IS NULL OR r.valid_from <= $as_of) AND (r.valid_to IS NULL OR r.valid_to > $as_of)
  AND (m.active_from IS NULL OR m.active_from <= $as_of) AND (m.active_to IS NULL OR m.active_to > $as_of)
  AND ($sees_everything OR ((n.steward = $organisation OR NOT n:Person) AND (m.steward = $organisation OR NOT m:Person)))
WITH DISTINCT r, startNode(r) AS a, endNode(r) AS b
RETURN toLower(type(r)) AS type, r.id AS id, r {.*} AS tie, a.id AS source, b.id AS target
ORDER BY type, id
LIMIT $limit
