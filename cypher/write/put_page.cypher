// A repetition after an unknown outcome finds its own node.
MERGE (p:Page {key: $key})
SET p.text = $text
