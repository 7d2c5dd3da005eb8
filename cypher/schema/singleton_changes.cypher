// The number of the last change. An existing one is kept.
MERGE (c:Counter {id: 'changes'})
ON CREATE SET c.value = 0
