// All that is merged by now, for whatever must be taken out of it.
MATCH (m:Merge)
WHERE m.state = 'merged'
RETURN m {.*} AS merge
ORDER BY m.id
