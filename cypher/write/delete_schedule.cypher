MATCH (n:Schedule {id: $id})
DELETE n
