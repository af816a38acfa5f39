"""Pages and fragments of figures."""
