// Every tie at one node, for its deletion.
MATCH (n:Node {id: $id})-[r:OFFERS|WANTS|CONNECTS|TRUSTS]-(:Node)
WITH DISTINCT r, startNode(r) AS a, endNode(r) AS b
RETURN toLower(type(r)) AS type, r.id AS id, r.version AS version, r.steward AS steward,
  a.id AS source, b.id AS target
