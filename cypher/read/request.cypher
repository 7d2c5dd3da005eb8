// What an idempotency key stands for.
MATCH (q:Request {key: $key})
RETURN q {.*} AS request
