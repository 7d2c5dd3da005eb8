CREATE CONSTRAINT constraint_retention_report_id IF NOT EXISTS
FOR (n:RetentionReport) REQUIRE n.id IS UNIQUE
