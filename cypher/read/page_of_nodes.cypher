// A keyset page of one kind; a filter that is null does not filter. What is not shown of a person
// does not narrow: no filter betrays it.
MATCH (n:Node)
WHERE n.id > $after
  AND n.kind = $kind
  AND ($sees_everything
    OR ($sees_own AND coalesce(n.steward, '') = $organisation)
    OR n.id = $person
    OR (n.override_after > $today AND n.override_role = $role)
    OR (($all_clearances OR coalesce(n.steward, '') = $organisation OR CASE WHEN n[$consent_partners] IS NULL THEN n.clearance IN $clearances OR size([said IN coalesce(n.cleared_for, []) WHERE said STARTS WITH $cleared AND said > $cleared_today]) > 0 ELSE $organisation IN n[$consent_partners] END)
      AND (NOT n:Person OR (n[$consent_first] <= $today AND n[$consent_after] > $today))))
  AND ($area IS NULL OR ($area IN n.areas AND (NOT n:Person OR n[$consent_fields] IS NULL OR 'areas' IN n[$consent_fields] OR $sees_everything OR ($sees_own AND coalesce(n.steward, '') = $organisation) OR n.id = $person)))
  AND ($tag IS NULL OR ($tag IN n.tags AND (NOT n:Person OR n[$consent_fields] IS NULL OR 'tags' IN n[$consent_fields] OR $sees_everything OR ($sees_own AND coalesce(n.steward, '') = $organisation) OR n.id = $person)))
  AND ($steward IS NULL OR n.steward = $steward)
  AND ($status IS NULL OR n.status = $status)
  AND ($approval IS NULL OR n.approval = $approval)
  AND ($clearance IS NULL OR n.clearance = $clearance)
  AND ($updated_after IS NULL OR n.updated_at > $updated_after)
  AND ($source_system IS NULL OR n.source_system = $source_system)
  AND ($source_type IS NULL OR n.source_type = $source_type)
  AND ($source_id IS NULL OR n.source_id = $source_id)
  AND (($source_system IS NULL AND $source_type IS NULL AND $source_id IS NULL) OR NOT n:Person OR $sees_everything OR coalesce(n.steward, '') = $organisation OR n.id = $person)
RETURN n {.*} AS node
ORDER BY n.id
LIMIT $limit
