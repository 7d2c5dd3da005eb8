CREATE INDEX index_job_state IF NOT EXISTS
FOR (n:Job) ON (n.state)
