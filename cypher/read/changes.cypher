// The packed entries after a position, in order. No package is wider than $widest.
MATCH (c:Change)
WHERE c.first > $after - $widest AND c.first + c.count > $after + 1
RETURN c {.*} AS change, c.first AS first
ORDER BY first
LIMIT $limit
