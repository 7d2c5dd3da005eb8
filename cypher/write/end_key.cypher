// A key that ends sooner goes on ending sooner.
MATCH (k:Key {id: $id})
SET k.expires_at = CASE WHEN k.expires_at < $at THEN k.expires_at ELSE $at END
