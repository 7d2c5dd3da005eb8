// The key of the marks of erased persons, how many are in force, and the change of the last erasure.
MATCH (c:Counter {id: 'erasures'})
RETURN c.key AS key, c.value AS marks, c.change AS change
