"""Contracts in an import: compared with the book, written with their whole history, taken back."""

from __future__ import annotations

from accounts.imports.actions.terms_applying import apply_contracts
from accounts.imports.actions.terms_matching import match_contracts
from accounts.imports.actions.terms_undoing import undo_contracts

__all__ = ["apply_contracts", "match_contracts", "undo_contracts"]
