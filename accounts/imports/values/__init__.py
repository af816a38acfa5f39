"""Cells into values: amounts, days, people and words, each as the book keeps it, or what is wrong with it."""

from accounts.imports.values.reader import Reader

__all__ = ["Reader"]
