// A keyset page over the ties at one node, ordered by type and id; a symmetric one has
// either end as its source; null filters do not filter.
MATCH (n:Node {id: $node})-[r:OFFERS|WANTS|CONNECTS|TRUSTS]-(:Node)
WITH DISTINCT r, startNode(r) AS a, endNode(r) AS b
WHERE (($source IS NULL OR a.id = $source) AND ($target IS NULL OR b.id = $target)
    OR (r.relation IN $symmetric AND ($source IS NULL OR b.id = $source) AND ($target IS NULL OR a.id = $target)))
  AND ($type IS NULL OR toLower(type(r)) = $type)
  AND (toLower(type(r)) > $after_type OR (toLower(type(r)) = $after_type AND r.id > $after_id))
  AND ($relation IS NULL OR r.relation = $relation)
  AND ($as_of IS NULL OR ((r.valid_from IS NULL OR r.valid_from <= $as_of) AND (r.valid_to IS NULL OR r.valid_to > $as_of)))
  AND ($sees_everything
    OR r.steward = $organisation
    OR ((a.steward = $organisation OR NOT a:Person) AND (b.steward = $organisation OR NOT b:Person)))
RETURN toLower(type(r)) AS type, r.id AS id, r {.*} AS tie, a.id AS source, b.id AS target
ORDER BY type, id
LIMIT $limit
