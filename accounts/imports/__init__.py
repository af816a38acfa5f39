"""Bringing one's own book: a file is read, mapped, tried, run, and can be taken back."""
