// What all rows have in common is said once: the driver packs times slowly.
UNWIND $rows AS row
MATCH (a:Node {id: row.source})
MATCH (b:Node {id: row.target})
CREATE (a)-[r:OFFERS]->(b)
SET r = row.properties, r += $shared
RETURN count(r) AS created
