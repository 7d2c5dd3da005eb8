// A property that is null in a row goes.
UNWIND $rows AS row
MATCH (n:Node {id: row.id})
SET n += row
