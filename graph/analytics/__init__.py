"""What the network tells: pure functions, a network in, a typed result out. No input or output.

`projection` says which graph is measured; `measures`, `structural_holes` and `cohesion` measure
it; `isolation`, `brokers`, `centrality` and `unused` are the reports, and `reports` finds them by
their kind.
"""
