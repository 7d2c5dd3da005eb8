// Ties that ended before a day and were not changed since, for their deletion.
MATCH (a:Node)-[r:OFFERS|WANTS|CONNECTS|TRUSTS]->(b:Node)
WHERE r.valid_to < $before AND r.updated_at < $unchanged_since
RETURN toLower(type(r)) AS type, r {.*} AS tie, a.id AS source, b.id AS target
ORDER BY type, r.id
LIMIT $limit
