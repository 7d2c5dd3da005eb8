// Text is folded before it comes here. Of a person whose consent leaves fields out, the name alone is looked at. Rank: 0 the name itself, 1 its beginning, 2 a whole word, 3 else.
MATCH (n:Node)
WHERE all(word IN $words WHERE CASE WHEN n:Person AND n[$consent_fields] IS NOT NULL AND NOT ($sees_everything OR ($sees_own AND coalesce(n.steward, '') = $organisation) OR n.id = $person) THEN ' ' + n.search_name + ' ' ELSE n.search_text END CONTAINS word)
  AND n.kind IN $kinds
  AND ($area IS NULL OR ($area IN n.areas AND (NOT n:Person OR n[$consent_fields] IS NULL OR 'areas' IN n[$consent_fields] OR $sees_everything OR ($sees_own AND coalesce(n.steward, '') = $organisation) OR n.id = $person)))
  AND ($sees_everything
    OR ($sees_own AND coalesce(n.steward, '') = $organisation)
    OR n.id = $person
    OR (n.override_after > $today AND n.override_role = $role)
    OR (($all_clearances OR coalesce(n.steward, '') = $organisation OR CASE WHEN n[$consent_partners] IS NULL THEN n.clearance IN $clearances OR size([said IN coalesce(n.cleared_for, []) WHERE said STARTS WITH $cleared AND said > $cleared_today]) > 0 ELSE $organisation IN n[$consent_partners] END)
      AND (NOT n:Person OR (n[$consent_first] <= $today AND n[$consent_after] > $today))))
WITH n,
  CASE
    WHEN n.search_name = $text THEN 0
    WHEN n.search_name STARTS WITH $text THEN 1
    WHEN CASE WHEN n:Person AND n[$consent_fields] IS NOT NULL AND NOT ($sees_everything OR ($sees_own AND coalesce(n.steward, '') = $organisation) OR n.id = $person) THEN ' ' + n.search_name + ' ' ELSE n.search_text END CONTAINS $word THEN 2
    ELSE 3
  END AS rank
RETURN n {.*} AS node, rank, n.search_name AS search_name, n.id AS id
ORDER BY rank, search_name, id
LIMIT $limit
