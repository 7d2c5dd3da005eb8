// How many nodes a node answers for.
MATCH (n:Node)
WHERE n.steward = $id
RETURN count(n) AS stewarded
