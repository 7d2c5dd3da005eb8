// All ties from each source to each target, walked from the source: for few ties at the sources.
UNWIND $pairs AS pair
MATCH (a:Node {id: pair.source})-[r:OFFERS|WANTS|CONNECTS|TRUSTS]->(b:Node {id: pair.target})
WHERE $sees_everything
  OR r.steward = $organisation
  OR ((a.steward = $organisation OR NOT a:Person) AND (b.steward = $organisation OR NOT b:Person))
RETURN toLower(type(r)) AS type, r {.*} AS tie, a.id AS source, b.id AS target
