// All pages of these owners: a page's key is its owner, a colon and its number.
UNWIND $owners AS owner
MATCH (p:Page)
WHERE p.key >= owner + ':' AND p.key < owner + ';'
DELETE p
