MATCH (s:SameAs {id: $id})
RETURN s {.*} AS said
