// A keyset page of one kind; a filter that is null does not filter.
MATCH (n:Node)
WHERE n.id > $after
  AND n.kind = $kind
  AND ($sees_everything OR n.steward = $organisation OR NOT n:Person)
  AND ($area IS NULL OR $area IN n.areas)
  AND ($tag IS NULL OR $tag IN n.tags)
  AND ($steward IS NULL OR n.steward = $steward)
  AND ($status IS NULL OR n.status = $status)
  AND ($approval IS NULL OR n.approval = $approval)
  AND ($clearance IS NULL OR n.clearance = $clearance)
  AND ($updated_after IS NULL OR n.updated_at > $updated_after)
  AND ($source_system IS NULL OR n.source_system = $source_system)
  AND ($source_type IS NULL OR n.source_type = $source_type)
  AND ($source_id IS NULL OR n.source_id = $source_id)
RETURN n {.*} AS node
ORDER BY n.id
LIMIT $limit
