MATCH (a:Node {id: $source})-[r:OFFERS|WANTS|CONNECTS|TRUSTS]->(b:Node {id: $target})
WHERE r.id = $id AND toLower(type(r)) = $type
DELETE r
