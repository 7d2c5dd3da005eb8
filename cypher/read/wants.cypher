// One tie of this type by its id. One type, directed, bare ends: the form that finds the index.
MATCH (a)-[r:WANTS]->(b)
WHERE r.id = $id
  AND ($sees_everything
    OR r.steward = $organisation
    OR ((a.steward = $organisation OR NOT a:Person) AND (b.steward = $organisation OR NOT b:Person)))
RETURN 'wants' AS type, r {.*} AS tie, a.id AS source, b.id AS target,
  a.kind AS source_kind, b.kind AS target_kind, a.steward AS source_steward, b.steward AS target_steward
