"""The verbs of THE WORK that all phases share."""
