// The same columns, of these nodes only.
UNWIND $ids AS id
MATCH (n:Node {id: id})
WHERE $sees_everything
  OR ($sees_own AND coalesce(n.steward, '') = $organisation)
  OR n.id = $person
  OR (n.override_after > $today AND n.override_role = $role)
  OR (($all_clearances OR coalesce(n.steward, '') = $organisation OR CASE WHEN n[$consent_partners] IS NULL THEN n.clearance IN $clearances OR size([said IN coalesce(n.cleared_for, []) WHERE said STARTS WITH $cleared AND said > $cleared_today]) > 0 ELSE $organisation IN n[$consent_partners] END)
    AND (NOT n:Person OR (n[$consent_first] <= $today AND n[$consent_after] > $today)))
RETURN n.id AS id, n.kind AS kind, n.name AS name, n.areas AS areas,
  n.active_from AS active_from, n.active_to AS active_to, n.steward AS steward,
  n.clearance AS clearance, n.sensitive AS sensitive, n.mapped AS mapped, n.status AS status,
  n.levels AS levels, n.aspect AS aspect, n.terms AS terms, n.schedule AS schedule,
  n.reported_members AS reported, n.provenance_originator AS originator,
  n.provenance_method AS method, n.provenance_exercise AS exercise,
  n.same_as AS same_as, n.cleared_for AS cleared_for,
  n.introductions_first AS introductions_first, n.introductions_after AS introductions_after,
  n.introductions_explicit AS introductions_explicit, n.introductions_ties AS introductions_ties,
  n.introductions_partners AS introductions_partners, n.analysis_first AS analysis_first,
  n.analysis_after AS analysis_after, n.analysis_explicit AS analysis_explicit,
  n.analysis_ties AS analysis_ties, n.analysis_partners AS analysis_partners
