// The key of the marks of erased persons, how many marks are in force, and the number of the last
// erasure among the changes. An existing one is kept.
MERGE (c:Counter {id: 'erasures'})
ON CREATE SET c.key = $key, c.value = 0, c.change = 0
