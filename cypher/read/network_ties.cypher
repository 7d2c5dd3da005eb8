// The columns of the network in memory, in the order of graph.network.TieRow.
MATCH (a:Node)-[r:OFFERS|WANTS|CONNECTS|TRUSTS]->(b:Node)
WHERE $sees_everything
  OR r.steward = $organisation
  OR ((a.steward = $organisation OR NOT a:Person) AND (b.steward = $organisation OR NOT b:Person))
RETURN r.id AS id, toLower(type(r)) AS type, a.id AS source, b.id AS target,
  r.relation AS relation, coalesce(r.strength, r.level) AS strength, r.paid AS paid,
  r.quality AS quality, r.state AS state, r.valid_from AS valid_from, r.valid_to AS valid_to,
  r.steward AS steward, r.clearance AS clearance
