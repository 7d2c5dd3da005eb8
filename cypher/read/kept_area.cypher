// What is kept of an area's id, and whether anything lies in it.
OPTIONAL MATCH (a:Area {id: $id})
OPTIONAL MATCH (t:Tombstone {key: 'area:' + $id})
RETURN a {.*} AS area, t.version AS buried_version,
  EXISTS { MATCH (n:Node) WHERE $id IN n.areas } OR EXISTS { MATCH (c:Area {parent: $id}) } AS in_use
