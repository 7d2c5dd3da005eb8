// The key under which places of the feed leave the service. An existing one is kept.
MERGE (c:Counter {id: 'positions'})
ON CREATE SET c.key = $key
