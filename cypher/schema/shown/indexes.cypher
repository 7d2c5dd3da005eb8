SHOW INDEXES YIELD name, state
WHERE state <> 'FAILED'
RETURN name
