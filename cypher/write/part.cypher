// Takes out of each record that it is the same as another.
UNWIND $rows AS row
MATCH (n:Node {id: row.id})
WITH n, [other IN coalesce(n.same_as, []) WHERE other <> row.other] AS others
SET n.same_as = CASE WHEN size(others) = 0 THEN null ELSE others END
