// What was read of the network before this change may hold an erased person.
MATCH (changes:Counter {id: 'changes'})
MATCH (erasures:Counter {id: 'erasures'})
SET erasures.change = changes.value + 1
