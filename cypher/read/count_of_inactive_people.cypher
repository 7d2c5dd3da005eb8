MATCH (n:Person)
WHERE n.active_to < $before AND n.updated_at < $unchanged_since
RETURN count(n) AS count
