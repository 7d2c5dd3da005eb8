MATCH (k:Key {digest: $digest})
RETURN k {.*} AS key
