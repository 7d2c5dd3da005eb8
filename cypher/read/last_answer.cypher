// The latest answer to a question from one revision of the network.
MATCH (n:Run {question: $question})
WHERE n.state = 'done' AND n.epoch = $epoch AND n.revision = $revision
RETURN n {.*} AS run
ORDER BY n.id DESC
LIMIT 1
