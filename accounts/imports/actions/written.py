"""What of an import stands in the book by now: counted where it was stopped on the way."""

from __future__ import annotations

from django.db.models import Count

from accounts.imports.models import Import, Record, Verdict

LABELS = {Verdict.CREATE: "created", Verdict.CHANGE: "changed"}


def by_noun(job: Import) -> dict[str, dict[str, int]]:
    """Created and changed, as the figures of a try count them: a thing that many rows name counts once."""
    done = Record.objects.filter(job=job, done=True, leader=None, verdict__in=LABELS)
    found: dict[str, dict[str, int]] = {}
    for noun, verdict, count in done.values_list("noun", "verdict").annotate(Count("id")).order_by():
        found.setdefault(noun, dict.fromkeys(LABELS.values(), 0))[LABELS[Verdict(verdict)]] = count
    return found
