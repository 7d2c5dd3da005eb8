MATCH (:Node)-[r:OFFERS|WANTS|CONNECTS|TRUSTS]->(:Node)
WHERE r.valid_to < $before AND r.updated_at < $unchanged_since
RETURN count(r) AS count
