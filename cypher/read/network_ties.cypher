// The columns of the network in memory, in the order of graph.network.TieRow: of each node the ties
// that begin there, since a driver spends more on a record than on what stands in it.
MATCH (a:Node)
WITH [(a)-[r:OFFERS|WANTS|CONNECTS|TRUSTS]->(b:Node)
  WHERE $sees_everything
    OR ($sees_own AND coalesce(r.steward, '') = $organisation)
    OR r.author = $person
    OR (r.disclosed AND (a.id = $person OR b.id = $person))
    OR (($all_clearances OR coalesce(r.steward, '') = $organisation OR r.clearance IN $clearances)
      AND ($all_clearances OR coalesce(a.steward, '') = $organisation OR CASE WHEN a[$consent_partners] IS NULL THEN a.clearance IN $clearances OR size([said IN coalesce(a.cleared_for, []) WHERE said STARTS WITH $cleared AND said > $cleared_today]) > 0 ELSE $organisation IN a[$consent_partners] END)
      AND (NOT a:Person OR (a[$consent_first] <= $today AND a[$consent_after] > $today
        AND (a[$consent_ties] IS NULL OR toLower(type(r)) IN a[$consent_ties]) AND (a[$consent_explicit] OR NOT coalesce(b.sensitive, false))))
      AND ($all_clearances OR coalesce(b.steward, '') = $organisation OR CASE WHEN b[$consent_partners] IS NULL THEN b.clearance IN $clearances OR size([said IN coalesce(b.cleared_for, []) WHERE said STARTS WITH $cleared AND said > $cleared_today]) > 0 ELSE $organisation IN b[$consent_partners] END)
      AND (NOT b:Person OR (b[$consent_first] <= $today AND b[$consent_after] > $today
        AND (b[$consent_ties] IS NULL OR toLower(type(r)) IN b[$consent_ties]) AND (b[$consent_explicit] OR NOT coalesce(a.sensitive, false)))))
  | [r.id, toLower(type(r)), a.id, b.id, r.relation, coalesce(r.strength, r.level), r.paid,
    r.quality, r.state, r.valid_from, r.valid_to, r.steward, r.clearance, r.provenance_originator,
    r.provenance_method, r.met_by]] AS ties
WHERE size(ties) > 0
RETURN ties
