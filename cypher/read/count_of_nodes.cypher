// Every node, of whatever label.
MATCH (n)
RETURN count(n) AS count
