UNWIND $rows AS row
MATCH (a:Node {id: row.source})
MATCH (b:Node {id: row.target})
CREATE (a)-[r:WANTS]->(b)
SET r = row.properties
RETURN count(r) AS created
