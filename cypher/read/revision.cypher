// The number of the last change, and the epoch in which it counts.
MATCH (changes:Counter {id: 'changes'})
MATCH (epoch:Counter {id: 'epoch'})
RETURN changes.value AS revision, epoch.text AS epoch
