MATCH (k:Key {id: $id})
OPTIONAL MATCH (successor:Key {replaces: $id})
RETURN k {.*} AS key, successor.id AS successor
