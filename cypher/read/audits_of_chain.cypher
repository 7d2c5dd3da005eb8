// What a process committed, whose chain may have ended before.
MATCH (a:Audit)
WHERE a.chain = $chain
RETURN a.text AS text
ORDER BY a.at, a.id
