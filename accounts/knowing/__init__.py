"""How facts are read: the statement that finds them all, and the columns that conditions ask."""
