CREATE CONSTRAINT type_job_created_at IF NOT EXISTS
FOR (n:Job) REQUIRE n.created_at IS :: ZONED DATETIME
