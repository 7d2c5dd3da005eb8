// With which other records these nodes are confirmed to be the same, both seen.
UNWIND $ids AS id
MATCH (n:Node {id: id})
WHERE n.same_as IS NOT NULL
UNWIND n.same_as AS other
MATCH (m:Node {id: other})
WHERE ($sees_everything
    OR ($sees_own AND coalesce(m.steward, '') = $organisation)
    OR m.id = $person
    OR (m.override_after > $today AND m.override_role = $role)
    OR (($all_clearances OR coalesce(m.steward, '') = $organisation OR CASE WHEN m[$consent_partners] IS NULL THEN m.clearance IN $clearances OR size([said IN coalesce(m.cleared_for, []) WHERE said STARTS WITH $cleared AND said > $cleared_today]) > 0 ELSE $organisation IN m[$consent_partners] END)
      AND (NOT m:Person OR (m[$consent_first] <= $today AND m[$consent_after] > $today))))
RETURN n.id AS id, m.id AS same_as,
  (m.active_from IS NULL OR m.active_from <= $as_of) AND (m.active_to IS NULL OR m.active_to > $as_of) AS active
