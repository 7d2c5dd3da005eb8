// Which of these ids are areas.
UNWIND $ids AS id
MATCH (a:Area {id: id})
RETURN a.id AS id
