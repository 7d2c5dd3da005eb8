// The key of the pseudonyms.
MATCH (c:Counter {id: 'pseudonyms'})
RETURN c.key AS key
