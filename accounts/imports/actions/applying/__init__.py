"""Writes what was tried: some rows of the file at a time, each record once, in the transaction that its mark is in."""

from __future__ import annotations

from collections.abc import Callable

from django.db import DataError, IntegrityError, transaction

from accounts.actions import knowledge
from accounts.imports.actions.applying import accounts, contacts, facts, following, notes, parents, products
from accounts.imports.actions.applying.refusing import refuse_lost, refuse_row
from accounts.imports.actions.statements import maps, pushes, rows
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

# What an import writes it tells on the timeline, and rings for nobody: plays aren't to act on years at once.
TOUCHED = """
SELECT DISTINCT r.target_id FROM imports_record r WHERE r.tenant_id = %(tenant)s AND r.job_id = %(job)s
    AND r.number BETWEEN %(first)s AND %(last)s AND r.noun = 'account' AND r.done AND r.target_id IS NOT NULL
"""


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
    if pushes(job):
        facts.push(job, first, last)
    knowledge.note(pk for (pk,) in rows(job, TOUCHED, first=first, last=last))


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
