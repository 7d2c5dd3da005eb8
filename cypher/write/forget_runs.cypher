// At most $limit report runs that were made before, and are at their end.
MATCH (n:Run)
WHERE n.created_at < $before_at AND n.state <> 'running'
WITH n, n.id AS id LIMIT $limit
DELETE n
RETURN id
