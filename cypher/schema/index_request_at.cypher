CREATE INDEX index_request_at IF NOT EXISTS
FOR (n:Request) ON (n.at)
