"""Where the graph is kept: an engine is an address that speaks Bolt, and nothing more."""
