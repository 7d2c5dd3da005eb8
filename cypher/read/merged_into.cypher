// The record into which one was merged, if the view reaches it.
MATCH (m:Merge {merged: $id})
WHERE m.state = 'merged'
MATCH (n:Node {id: m.survivor})
WHERE $sees_everything
  OR ($sees_own AND coalesce(n.steward, '') = $organisation)
  OR n.id = $person
  OR (n.override_after > $today AND n.override_role = $role)
  OR (($all_clearances OR coalesce(n.steward, '') = $organisation OR CASE WHEN n[$consent_partners] IS NULL THEN n.clearance IN $clearances OR size([said IN coalesce(n.cleared_for, []) WHERE said STARTS WITH $cleared AND said > $cleared_today]) > 0 ELSE $organisation IN n[$consent_partners] END)
    AND (NOT n:Person OR (n[$consent_first] <= $today AND n[$consent_after] > $today)))
RETURN n.id AS id, n.kind AS kind, m.steward AS steward, m.audience AS audience
