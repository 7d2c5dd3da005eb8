// What an organisation asked for, and what others ask for of its own records. Of a record that is
// not there whoever asked is told the same as of one that is hidden.
MATCH (c:Clearance)
WHERE c.id > $after
  AND ($id IS NULL OR c.id = $id)
  AND ($record IS NULL OR c.record = $record)
  AND ($state IS NULL OR $state = CASE WHEN c.state = 'cleared' AND c.until <= $today THEN 'expired' ELSE c.state END)
OPTIONAL MATCH (n:Node {id: c.record})
WITH c, n
WHERE $all OR c.organisation = $steward OR (n IS NOT NULL AND coalesce(n.steward, '') = $steward)
RETURN c {.*} AS clearance
ORDER BY c.id
LIMIT $limit
