"""Pages of imports: the list, a new one, its mapping, its course and what came of it; the first steps on Home."""
