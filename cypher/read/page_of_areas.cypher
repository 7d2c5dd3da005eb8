// A keyset page of areas; a filter that is null does not filter.
MATCH (a:Area)
WHERE a.id > $after
  AND ($parent IS NULL OR a.parent = $parent)
  AND ($area_kind IS NULL OR a.area_kind = $area_kind)
  AND ($updated_after IS NULL OR a.updated_at > $updated_after)
  AND ($source_system IS NULL OR a.source_system = $source_system)
  AND ($source_type IS NULL OR a.source_type = $source_type)
  AND ($source_id IS NULL OR a.source_id = $source_id)
RETURN a {.*} AS area
ORDER BY a.id
LIMIT $limit
