"""Pages of HOW: the library, the plays, and their runs."""
