"""Verbs of usage: the only writers."""
