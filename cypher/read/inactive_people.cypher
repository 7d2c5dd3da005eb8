// People who left the map before a day and were not changed since, for their erasure.
MATCH (n:Person)
WHERE n.active_to < $before AND n.updated_at < $unchanged_since
RETURN n.id AS id
ORDER BY id
LIMIT $limit
