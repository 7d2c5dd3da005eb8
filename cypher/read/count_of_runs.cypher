MATCH (n:Run)
WHERE n.created_at < $before_at AND n.state <> 'running'
RETURN count(n) AS count
