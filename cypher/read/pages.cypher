// The parts of a long result, in order.
MATCH (p:Page)
WHERE p.key IN $keys
RETURN p.key AS key, p.text AS text
ORDER BY key
