// Every relationship, of whatever type.
MATCH ()-[r]->()
RETURN count(r) AS count
