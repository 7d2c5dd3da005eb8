CREATE CONSTRAINT type_key_replaces IF NOT EXISTS
FOR (n:Key) REQUIRE n.replaces IS :: STRING
