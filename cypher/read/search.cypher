// Text is folded before it comes here. Rank: 0 the name itself, 1 its beginning, 2 a whole word, 3 else.
MATCH (n:Node)
WHERE all(word IN $words WHERE n.search_text CONTAINS word)
  AND n.kind IN $kinds
  AND ($area IS NULL OR $area IN n.areas)
  AND ($sees_everything OR n.steward = $organisation OR NOT n:Person)
WITH n,
  CASE
    WHEN n.search_name = $text THEN 0
    WHEN n.search_name STARTS WITH $text THEN 1
    WHEN n.search_text CONTAINS $word THEN 2
    ELSE 3
  END AS rank
RETURN n {.*} AS node, rank, n.search_name AS search_name, n.id AS id
ORDER BY rank, search_name, id
LIMIT $limit
