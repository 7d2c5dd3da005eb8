CREATE CONSTRAINT constraint_request_key IF NOT EXISTS
FOR (n:Request) REQUIRE n.key IS UNIQUE
