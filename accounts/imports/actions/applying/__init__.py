"""Writes what was tried: some rows of the file at a time, each record once, in the transaction that its mark is in."""

from __future__ import annotations

from collections.abc import Callable

from django.db import DataError, IntegrityError, transaction

from accounts.imports.actions.applying import accounts, contacts, following, notes, parents, products
from accounts.imports.actions.applying.refusing import refuse_lost, refuse_row
from accounts.imports.actions.statements import maps
from accounts.imports.models import Import

__all__ = ["apply_rows"]

# In this order: what others hang on goes first, and rows that follow know what the first made before theirs is written.
WRITERS: dict[tuple[str, str], Callable[[Import, int, int], None]] = {
    ("product", "create"): products.create,
    ("product", "change"): products.change,
    ("product", "follow"): following.catch_up,
    ("account", "create"): accounts.create,
    ("account", "change"): accounts.change,
    ("account", "follow"): following.catch_up,
    ("contact", "create"): contacts.create,
    ("contact", "change"): contacts.change,
    ("contact", "follow"): following.catch_up,
    ("note", "create"): notes.create,
    ("note", "follow"): following.catch_up,
}


def apply_rows(job: Import, first: int, last: int) -> None:
    """Products, accounts, contacts and notes of the file's rows `first` to `last`, in the caller's transaction.

    What can't be written because the book changed since the check is refused by name, the others are written.
    """
    if last < first:
        return
    _write(job, first, last)
    refuse_lost(job, first, last)
    if maps(job, "account.parent"):
        parents.catch_up(job, last)


def _write(job: Import, first: int, last: int) -> None:
    """All at once, or by halves until the row that the database refuses stands alone."""
    try:
        with transaction.atomic():
            due = following.due(job, first, last)
            for (noun, what), write in WRITERS.items():
                if (noun, what) in due:
                    write(job, first, last)
            if maps(job, "account.parent"):
                parents.write(job, first, last)
    except (IntegrityError, DataError) as error:
        if first == last:
            refuse_row(job, first, error)
            return
        middle = (first + last) // 2
        _write(job, first, middle)
        _write(job, middle + 1, last)
