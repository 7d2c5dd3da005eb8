// The key of the pseudonyms under which analysts know people. An existing one is kept.
MERGE (c:Counter {id: 'pseudonyms'})
ON CREATE SET c.key = $key
