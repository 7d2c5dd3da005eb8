MATCH (c:Counter {id: 'erasures'})
SET c.value = c.value + $marks
