CREATE CONSTRAINT type_merge_merged IF NOT EXISTS
FOR (n:Merge) REQUIRE n.merged IS :: STRING
