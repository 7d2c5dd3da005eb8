// Every tie that begins at these nodes, whole, for a copy of the store.
UNWIND $ids AS id
MATCH (a:Node {id: id})-[r:OFFERS|WANTS|CONNECTS|TRUSTS]->(b:Node)
RETURN toLower(type(r)) AS type, r {.*} AS properties, a.id AS source, b.id AS target
