// Answers that counted somebody who withdrew or was erased.
MATCH (n:Run)
WHERE n.state = 'done' AND n.id IN $ids
SET n.state = 'outdated', n.pages = 0
RETURN n.id AS id
