CREATE INDEX index_merge_merged IF NOT EXISTS
FOR (n:Merge) ON (n.merged)
