// What was committed since a time, for a process that lost the answer.
MATCH (a:Audit)
WHERE a.at >= $since
RETURN a.text AS text
