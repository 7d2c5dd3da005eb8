// The key under which places of the feed leave the service.
MATCH (c:Counter {id: 'positions'})
RETURN c.key AS key
