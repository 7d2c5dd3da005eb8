// Numbers and packs the entries of this transaction. Comes last: the counter's lock is held until commit.
MATCH (c:Counter {id: 'changes'})
SET c.value = c.value + $count
CREATE (:Change {first: c.value - $count + 1, count: $count, unit: $unit, at: $at,
  ids: $ids, entities: $entities, types: $types, actions: $actions, versions: $versions,
  stewards: $stewards, sources: $sources, targets: $targets, audiences: $audiences})
RETURN c.value AS revision
