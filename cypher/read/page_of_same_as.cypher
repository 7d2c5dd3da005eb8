// What is said to be the same, both records seen; what is not confirmed only to a steward of one.
MATCH (s:SameAs)
WHERE s.id > $after
  AND ($id IS NULL OR s.id = $id)
  AND ($state IS NULL OR s.state = $state)
  AND ($record IS NULL OR s.record = $record OR s.same_as = $record)
MATCH (a:Node {id: s.record})
WHERE ($sees_everything
    OR ($sees_own AND coalesce(a.steward, '') = $organisation)
    OR a.id = $person
    OR (a.override_after > $today AND a.override_role = $role)
    OR (($all_clearances OR coalesce(a.steward, '') = $organisation OR CASE WHEN a[$consent_partners] IS NULL THEN a.clearance IN $clearances OR size([said IN coalesce(a.cleared_for, []) WHERE said STARTS WITH $cleared AND said > $cleared_today]) > 0 ELSE $organisation IN a[$consent_partners] END)
      AND (NOT a:Person OR (a[$consent_first] <= $today AND a[$consent_after] > $today))))
MATCH (b:Node {id: s.same_as})
WHERE ($sees_everything
    OR ($sees_own AND coalesce(b.steward, '') = $organisation)
    OR b.id = $person
    OR (b.override_after > $today AND b.override_role = $role)
    OR (($all_clearances OR coalesce(b.steward, '') = $organisation OR CASE WHEN b[$consent_partners] IS NULL THEN b.clearance IN $clearances OR size([said IN coalesce(b.cleared_for, []) WHERE said STARTS WITH $cleared AND said > $cleared_today]) > 0 ELSE $organisation IN b[$consent_partners] END)
      AND (NOT b:Person OR (b[$consent_first] <= $today AND b[$consent_after] > $today))))
  AND (s.state = 'confirmed' OR $sees_everything
    OR ($sees_own AND (coalesce(a.steward, '') = $organisation OR coalesce(b.steward, '') = $organisation)))
RETURN s {.*} AS said
ORDER BY s.id
LIMIT $limit
