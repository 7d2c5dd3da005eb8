// At most $limit entries that are older than the feed is kept.
MATCH (c:Change)
WHERE c.at < $before
WITH c LIMIT $limit
DELETE c
RETURN count(*) AS forgotten
