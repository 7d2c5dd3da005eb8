// Which of these nodes the view reaches.
UNWIND $ids AS id
MATCH (n:Node {id: id})
WHERE $sees_everything
  OR ($sees_own AND coalesce(n.steward, '') = $organisation)
  OR n.id = $person
  OR (n.override_after > $today AND n.override_role = $role)
  OR (($all_clearances OR coalesce(n.steward, '') = $organisation OR CASE WHEN n[$consent_partners] IS NULL THEN n.clearance IN $clearances OR size([said IN coalesce(n.cleared_for, []) WHERE said STARTS WITH $cleared AND said > $cleared_today]) > 0 ELSE $organisation IN n[$consent_partners] END)
    AND (NOT n:Person OR (n[$consent_first] <= $today AND n[$consent_after] > $today)))
RETURN n.id AS id
