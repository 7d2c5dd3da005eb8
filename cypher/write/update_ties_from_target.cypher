UNWIND $rows AS row
MATCH (b:Node {id: row.target})<-[r:OFFERS|WANTS|CONNECTS|TRUSTS]-(a:Node {id: row.source})
WHERE r.id = row.properties.id AND toLower(type(r)) = row.type
SET r += row.properties
RETURN count(r) AS updated
