"""HTTP, pages and the command line. Knows nothing of Cypher or Bolt."""
