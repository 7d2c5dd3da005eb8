// Puts an id that is nobody's in the place of these.
MATCH (c:Change)
WHERE any(id IN c.ids WHERE id IN $ids)
  OR any(id IN c.sources WHERE id IN $ids)
  OR any(id IN c.targets WHERE id IN $ids)
SET c.ids = [id IN c.ids | CASE WHEN id IN $ids THEN $nobody ELSE id END],
  c.sources = [id IN c.sources | CASE WHEN id IN $ids THEN $nobody ELSE id END],
  c.targets = [id IN c.targets | CASE WHEN id IN $ids THEN $nobody ELSE id END]
