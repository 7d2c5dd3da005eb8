// At most $limit idempotency records that are older than they are kept.
MATCH (q:Request)
WHERE q.at < $before
WITH q LIMIT $limit
DELETE q
RETURN count(*) AS forgotten
