// ArcadeDB 26.10.2: two first writers of a label combination at once fail, so it is used once
// before traffic.
CREATE (n:Node:Asset {id: 'declares the labels'})
DELETE n
