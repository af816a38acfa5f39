"""The verbs of the Joint Impact Plan."""
