CREATE INDEX index_run_created_at IF NOT EXISTS
FOR (n:Run) ON (n.created_at)
