// What is merged of these records, or carries these foreign ids: a new record takes neither.
MATCH (m:Merge)
WHERE m.state = 'merged'
  AND (m.merged IN $ids OR m.survivor IN $ids OR m.source_key IN $source_keys)
RETURN m.id AS id, m.merged AS merged, m.survivor AS survivor, m.source_key AS source_key,
  m.steward AS steward
