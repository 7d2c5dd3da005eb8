UNWIND $rows AS row
MATCH (a:Node {id: row.source})-[r:OFFERS|WANTS|CONNECTS|TRUSTS]->(b:Node {id: row.target})
WHERE r.id = row.properties.id AND toLower(type(r)) = row.type
SET r += row.properties
RETURN count(r) AS updated
