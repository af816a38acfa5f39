"""Verbs of health: the only writers."""
