// Keeps with each of two records that it is the same as the other.
UNWIND $rows AS row
MATCH (n:Node {id: row.id})
SET n.same_as = [other IN coalesce(n.same_as, []) WHERE other <> row.other] + [row.other]
