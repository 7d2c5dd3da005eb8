// What all rows have in common is said once: the driver packs times slowly.
UNWIND $rows AS row
CREATE (n:Node:Agency)
SET n = row, n += $shared
