// What rules and policy read of these nodes. One row for all of which it is the same: a row for
// each node costs more than finding it.
UNWIND $ids AS id
MATCH (n:Node {id: id})
RETURN n.kind AS kind, n.steward AS steward, n.clearance AS clearance, n.sensitive AS sensitive,
  n.cleared_for AS cleared_for,
  n.override_role AS override_role, n.override_after AS override_after,
  n.directory_first AS directory_first, n.directory_after AS directory_after,
  n.directory_explicit AS directory_explicit, n.directory_ties AS directory_ties,
  n.directory_partners AS directory_partners, collect(n.id) AS ids
