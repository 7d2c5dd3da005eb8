"""The routes, one file a resource. A route is a sentence; what it may touch is in its signature."""
