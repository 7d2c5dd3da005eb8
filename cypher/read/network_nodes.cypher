// The columns of the network in memory, in the order of graph.network.NodeRow.
MATCH (n:Node)
WHERE $sees_everything OR n.steward = $organisation OR NOT n:Person
RETURN n.id AS id, n.kind AS kind, n.name AS name, n.areas AS areas,
  n.active_from AS active_from, n.active_to AS active_to, n.steward AS steward,
  n.clearance AS clearance, n.sensitive AS sensitive, n.mapped AS mapped, n.status AS status
