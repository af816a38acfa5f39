"""Pages of Joint Impact Plans."""
