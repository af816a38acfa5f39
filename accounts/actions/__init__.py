"""The verbs of WHO, and the only writers of its rows."""
