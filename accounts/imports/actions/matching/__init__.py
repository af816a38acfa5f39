"""What would happen: every record is compared with the book and with the rows above it, and gets a verdict."""

from __future__ import annotations

from accounts.imports.actions.matching import accounts, contacts, notes, parents, products
from accounts.imports.actions.matching.settling import BLANK, CLEAR, HEIRS, NEEDED, RESET, SPREAD
from accounts.imports.actions.matching.standing import seen, stands
from accounts.imports.actions.statements import maps, rows, run
from accounts.imports.models import Import, Record

__all__ = ["figures", "match", "seen", "settle", "stands"]

MANY = 2_000
LABELS = {"create": "created", "change": "changed", "same": "same", "refused": "refused"}
COUNT = """
SELECT noun, CASE WHEN noun = 'contract' AND verdict = 'same' AND "values" ? 'not_won' THEN 'not_won' ELSE verdict END,
    count(*)
FROM imports_record
WHERE tenant_id = %(tenant)s AND job_id = %(job)s AND verdict <> 'open' AND (leader IS NULL OR verdict = 'refused')
GROUP BY 1, 2
"""


def match(job: Import) -> None:
    """A verdict for each product, account, contact and note that isn't written yet. Twice comes to the same."""
    many = Record.objects.filter(job=job)[:MANY].count() == MANY
    # Nothing is known about records that were written this minute; a wrong guess would join row by row.
    run(job, f"SET LOCAL enable_nestloop = {'off' if many else 'on'}")
    run(job, RESET)
    if job.options.get("blanks") == "clear":
        run(job, CLEAR, blank=list(BLANK), needed=list(NEEDED))
    run(job, SPREAD)
    products.match(job)
    accounts.match(job)
    if maps(job, "account.parent"):
        parents.match(job)
    contacts.match(job)
    notes.match(job)
    settle(job)


def settle(job: Import) -> None:
    """Refuses the whole of each row that has a refused record; the next row that means the same speaks instead.

    To be asked for again after anything else, such as contracts, was refused.
    """
    run(job, "SET LOCAL enable_nestloop = off")
    run(job, SPREAD)
    run(job, HEIRS.format(only=""))
    run(job, "SET LOCAL enable_nestloop = on")


def figures(job: Import) -> dict[str, dict[str, int]]:
    """By noun: created, changed, same, refused. A thing that many rows name counts once, each refused row by itself.

    And not_won, of contracts: deals that were left out.
    """
    counted: dict[str, dict[str, int]] = {}
    for noun, verdict, count in rows(job, COUNT):
        counted.setdefault(noun, dict.fromkeys(LABELS.values(), 0))[LABELS.get(verdict, verdict)] = count
    job.figures = counted
    Import.objects.filter(pk=job.pk).update(figures=counted)
    return counted
