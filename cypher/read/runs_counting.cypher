// Answers that counted, or may have counted, a person.
MATCH (n:Run)
WHERE n.state = 'done' AND (n.created_at >= $since OR n.id IN $ids)
RETURN n {.*} AS run
ORDER BY n.id
