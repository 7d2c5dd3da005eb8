// What was read of the network before this change may hold somebody who was erased, or withdrew.
MATCH (changes:Counter {id: 'changes'})
MATCH (erasures:Counter {id: 'erasures'})
SET erasures.change = changes.value + 1
