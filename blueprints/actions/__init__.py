"""The verbs of HOW, and the only writers of its rows."""
