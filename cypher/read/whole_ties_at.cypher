// Every tie at one node, whole, for when the node goes.
MATCH (n:Node {id: $id})-[r:OFFERS|WANTS|CONNECTS|TRUSTS]-(:Node)
WITH DISTINCT r, startNode(r) AS a, endNode(r) AS b
RETURN toLower(type(r)) AS type, r {.*} AS tie, a.id AS source, b.id AS target
