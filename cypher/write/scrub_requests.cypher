// The key is kept, so that the same request again does not make the record again.
MATCH (q:Request)
WHERE (q.entity + ':' + q.id) IN $records
SET q.erased = true, q.digest = '', q.id = ''
