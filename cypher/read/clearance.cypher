MATCH (c:Clearance {id: $id})
RETURN c {.*} AS clearance
