"""Pages of usage, and the way in for those who send it."""
