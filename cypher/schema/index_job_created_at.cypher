CREATE INDEX index_job_created_at IF NOT EXISTS
FOR (n:Job) ON (n.created_at)
