CREATE INDEX index_run_schedule IF NOT EXISTS
FOR (n:Run) ON (n.schedule)
