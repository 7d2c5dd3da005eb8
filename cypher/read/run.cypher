MATCH (n:Run {id: $id})
RETURN n {.*} AS run
