CREATE INDEX index_run_question IF NOT EXISTS
FOR (n:Run) ON (n.question)
