// Which life of the graph the numbers of its changes belong to. An existing one is kept.
MERGE (c:Counter {id: 'epoch'})
ON CREATE SET c.text = $epoch
