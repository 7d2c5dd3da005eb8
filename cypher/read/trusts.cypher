// One tie of this type by its id. One type, directed, bare ends: the form that finds the index.
MATCH (a)-[r:TRUSTS]->(b)
WHERE r.id = $id
  AND ($sees_everything
    OR ($sees_own AND coalesce(r.steward, '') = $organisation)
    OR r.author = $person
    OR (r.disclosed AND (a.id = $person OR b.id = $person))
    OR (($all_clearances OR coalesce(r.steward, '') = $organisation OR r.clearance IN $clearances)
      AND ($all_clearances OR coalesce(a.steward, '') = $organisation OR CASE WHEN a[$consent_partners] IS NULL THEN a.clearance IN $clearances OR size([said IN coalesce(a.cleared_for, []) WHERE said STARTS WITH $cleared AND said > $cleared_today]) > 0 ELSE $organisation IN a[$consent_partners] END)
      AND (NOT a:Person OR (a[$consent_first] <= $today AND a[$consent_after] > $today
        AND (a[$consent_ties] IS NULL OR 'trusts' IN a[$consent_ties]) AND (a[$consent_explicit] OR NOT coalesce(b.sensitive, false))))
      AND ($all_clearances OR coalesce(b.steward, '') = $organisation OR CASE WHEN b[$consent_partners] IS NULL THEN b.clearance IN $clearances OR size([said IN coalesce(b.cleared_for, []) WHERE said STARTS WITH $cleared AND said > $cleared_today]) > 0 ELSE $organisation IN b[$consent_partners] END)
      AND (NOT b:Person OR (b[$consent_first] <= $today AND b[$consent_after] > $today
        AND (b[$consent_ties] IS NULL OR 'trusts' IN b[$consent_ties]) AND (b[$consent_explicit] OR NOT coalesce(a.sensitive, false))))))
RETURN 'trusts' AS type, r {.*} AS tie, a.id AS source, b.id AS target
