// Answers that counted somebody who withdrew or was erased; they may have been named in what was
// supposed.
MATCH (n:Run)
WHERE n.state = 'done' AND n.id IN $ids
SET n.state = 'outdated', n.pages = 0,
    n.parameters = CASE WHEN n.kind = 'what_if' THEN '{}' ELSE n.parameters END
RETURN n.id AS id
