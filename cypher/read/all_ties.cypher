// Every tie that the view reaches, streamed in no order.
MATCH (a:Node)-[r:OFFERS|WANTS|CONNECTS|TRUSTS]->(b:Node)
WHERE $sees_everything
  OR r.steward = $organisation
  OR ((a.steward = $organisation OR NOT a:Person) AND (b.steward = $organisation OR NOT b:Person))
RETURN toLower(type(r)) AS type, r {.*} AS tie, a.id AS source, b.id AS target
