// What rules and policy read of these nodes.
UNWIND $ids AS id
MATCH (n:Node {id: id})
RETURN n {
  .id, .kind, .steward, .clearance, .sensitive, .override_role, .override_after,
  .directory_first, .directory_after, .directory_explicit, .directory_ties, .directory_partners
} AS node
