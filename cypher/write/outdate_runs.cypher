// Answers that counted, or may have counted, an erased person.
MATCH (n:Run)
WHERE n.state = 'done' AND (n.created_at >= $since OR n.id IN $ids)
SET n.state = 'outdated', n.pages = 0
RETURN n.id AS id
