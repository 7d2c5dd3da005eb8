// The live ties at these nodes, both ends and the tie seen: one ring of a neighbourhood.
UNWIND $ids AS id
MATCH (n:Node {id: id})-[r:OFFERS|WANTS|CONNECTS|TRUSTS]-(m:Node)
WHERE toLower(type(r)) IN $types
  AND (r.valid_from IS NULL OR r.valid_from <= $as_of) AND (r.valid_to IS NULL OR r.valid_to > $as_of)
  AND (m.active_from IS NULL OR m.active_from <= $as_of) AND (m.active_to IS NULL OR m.active_to > $as_of)
  AND ($sees_everything
    OR ($sees_own AND coalesce(m.steward, '') = $organisation)
    OR m.id = $person
    OR (m.override_after > $today AND m.override_role = $role)
    OR (($all_clearances OR coalesce(m.steward, '') = $organisation OR CASE WHEN m[$consent_partners] IS NULL THEN m.clearance IN $clearances OR size([said IN coalesce(m.cleared_for, []) WHERE said STARTS WITH $cleared AND said > $cleared_today]) > 0 ELSE $organisation IN m[$consent_partners] END)
      AND (NOT m:Person OR (m[$consent_first] <= $today AND m[$consent_after] > $today))))
  AND ($sees_everything
    OR ($sees_own AND coalesce(r.steward, '') = $organisation)
    OR r.author = $person
    OR (r.disclosed AND (n.id = $person OR m.id = $person))
    OR (($all_clearances OR coalesce(r.steward, '') = $organisation OR r.clearance IN $clearances)
      AND ($all_clearances OR coalesce(n.steward, '') = $organisation OR CASE WHEN n[$consent_partners] IS NULL THEN n.clearance IN $clearances OR size([said IN coalesce(n.cleared_for, []) WHERE said STARTS WITH $cleared AND said > $cleared_today]) > 0 ELSE $organisation IN n[$consent_partners] END)
      AND (NOT n:Person OR (n[$consent_first] <= $today AND n[$consent_after] > $today
        AND (n[$consent_ties] IS NULL OR toLower(type(r)) IN n[$consent_ties]) AND (n[$consent_explicit] OR NOT coalesce(m.sensitive, false))))
      AND ($all_clearances OR coalesce(m.steward, '') = $organisation OR CASE WHEN m[$consent_partners] IS NULL THEN m.clearance IN $clearances OR size([said IN coalesce(m.cleared_for, []) WHERE said STARTS WITH $cleared AND said > $cleared_today]) > 0 ELSE $organisation IN m[$consent_partners] END)
      AND (NOT m:Person OR (m[$consent_first] <= $today AND m[$consent_after] > $today
        AND (m[$consent_ties] IS NULL OR toLower(type(r)) IN m[$consent_ties]) AND (m[$consent_explicit] OR NOT coalesce(n.sensitive, false))))))
WITH DISTINCT r, startNode(r) AS a, endNode(r) AS b
RETURN toLower(type(r)) AS type, r.id AS id, r {.*} AS tie, a.id AS source, b.id AS target
ORDER BY type, id
LIMIT $limit
