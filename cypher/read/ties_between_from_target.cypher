// All ties from each source to each target, walked from the target: for few ties at the targets.
UNWIND $pairs AS pair
MATCH (b:Node {id: pair.target})<-[r:OFFERS|WANTS|CONNECTS|TRUSTS]-(a:Node {id: pair.source})
WHERE $sees_everything
  OR r.steward = $organisation
  OR ((a.steward = $organisation OR NOT a:Person) AND (b.steward = $organisation OR NOT b:Person))
RETURN toLower(type(r)) AS type, r {.*} AS tie, a.id AS source, b.id AS target
