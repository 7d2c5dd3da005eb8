MATCH (n:Schedule {id: $id})
RETURN n {.*} AS schedule
