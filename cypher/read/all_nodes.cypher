// Every node that the view reaches, streamed in no order.
MATCH (n:Node)
WHERE $sees_everything OR n.steward = $organisation OR NOT n:Person
RETURN n {.*} AS node
