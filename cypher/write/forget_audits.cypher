// At most $limit audits of a class that are older than it is kept.
MATCH (a:Audit)
WHERE a.at < $before AND a.class = $class
WITH a LIMIT $limit
DELETE a
RETURN count(*) AS forgotten
