// The latest first: their ids are UUIDs of version 7.
MATCH (r:RetentionReport)
RETURN r {.*} AS report, r.id AS id
ORDER BY id DESC
LIMIT $limit
