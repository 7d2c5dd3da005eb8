// Keeps who made this transaction, in it. A repetition after an unknown outcome finds its own node.
MERGE (a:Audit {id: $id})
SET a.at = $at, a.chain = $chain, a.class = $class, a.text = $text
