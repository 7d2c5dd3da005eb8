// A keyset page over all ties, ordered by type and id; a filter that is null does not filter.
MATCH (a:Node)-[r:OFFERS|WANTS|CONNECTS|TRUSTS]->(b:Node)
WHERE ($type IS NULL OR toLower(type(r)) = $type)
  AND (toLower(type(r)) > $after_type OR (toLower(type(r)) = $after_type AND r.id > $after_id))
  AND ($relation IS NULL OR r.relation = $relation)
  AND ($as_of IS NULL OR ((r.valid_from IS NULL OR r.valid_from <= $as_of) AND (r.valid_to IS NULL OR r.valid_to > $as_of)))
  AND ($sees_everything
    OR ($sees_own AND coalesce(r.steward, '') = $organisation)
    OR r.author = $person
    OR (r.disclosed AND (a.id = $person OR b.id = $person))
    OR (($all_clearances OR coalesce(r.steward, '') = $organisation OR r.clearance IN $clearances)
      AND ($all_clearances OR coalesce(a.steward, '') = $organisation OR CASE WHEN a[$consent_partners] IS NULL THEN a.clearance IN $clearances OR size([said IN coalesce(a.cleared_for, []) WHERE said STARTS WITH $cleared AND said > $cleared_today]) > 0 ELSE $organisation IN a[$consent_partners] END)
      AND (NOT a:Person OR (a[$consent_first] <= $today AND a[$consent_after] > $today
        AND (a[$consent_ties] IS NULL OR toLower(type(r)) IN a[$consent_ties]) AND (a[$consent_explicit] OR NOT coalesce(b.sensitive, false))))
      AND ($all_clearances OR coalesce(b.steward, '') = $organisation OR CASE WHEN b[$consent_partners] IS NULL THEN b.clearance IN $clearances OR size([said IN coalesce(b.cleared_for, []) WHERE said STARTS WITH $cleared AND said > $cleared_today]) > 0 ELSE $organisation IN b[$consent_partners] END)
      AND (NOT b:Person OR (b[$consent_first] <= $today AND b[$consent_after] > $today
        AND (b[$consent_ties] IS NULL OR toLower(type(r)) IN b[$consent_ties]) AND (b[$consent_explicit] OR NOT coalesce(a.sensitive, false))))))
RETURN toLower(type(r)) AS type, r.id AS id, r {.*} AS tie, a.id AS source, b.id AS target
ORDER BY type, id
LIMIT $limit
