// Every audit that the engine holds, to be looked for in the chains.
MATCH (a:Audit)
RETURN a.chain AS chain, a.text AS text
