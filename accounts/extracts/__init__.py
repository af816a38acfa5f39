"""The lists that can leave as a whole, each under the headings by which imports know its columns."""

from __future__ import annotations

from accounts.extracts.book import ACCOUNTS, CONTACTS, PRODUCTS
from accounts.extracts.dealings import CONTRACTS, MOVEMENTS, NOTES, TASKS
from accounts.extracts.extract import Column, Extract, everything, major, sheet, written

__all__ = ["EXTRACTS", "Column", "Extract", "everything", "major", "sheet", "written"]

# In the order in which they come back in: what others name goes first.
EXTRACTS: dict[str, Extract] = {
    each.noun: each for each in (PRODUCTS, ACCOUNTS, CONTACTS, CONTRACTS, NOTES, TASKS, MOVEMENTS)
}
