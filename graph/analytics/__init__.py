"""What the network tells: pure functions, a network in, a typed result out. No input or output.

`projection` says which graph is measured, and `figures` what a measure answers. Of nodes:
`measures`, `status`, `betweenness`, `distances`, `structural_holes`, `brokerage`. Of the whole:
`cohesion`, `clustering`, `census`, `centralisation`, `hierarchy`, `redundancy`, `key_players`. Of
groups: `groups`, `communities`, `two_mode`. Of two days: `two_days`.

`isolation`, `brokers`, `centrality` and `unused` are the reports, and `reports` finds them by
their kind.
"""
