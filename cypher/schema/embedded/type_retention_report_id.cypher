CREATE CONSTRAINT type_retention_report_id IF NOT EXISTS
FOR (n:RetentionReport) REQUIRE n.id IS :: STRING
