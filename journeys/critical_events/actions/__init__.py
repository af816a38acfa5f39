"""Verbs of critical events: the only writers."""
