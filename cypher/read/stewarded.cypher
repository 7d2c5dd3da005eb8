// Whether a node answers for any other.
MATCH (n:Node)
WHERE n.steward = $id
RETURN true AS stewarded
LIMIT 1
