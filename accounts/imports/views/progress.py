"""How far a worker is: rows, how many a second, how long it still takes."""

from __future__ import annotations

import math
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import formats
from accounts.access import MemberRequest
from accounts.imports.models import Import, Stage

LABELS = {
    ("checking", "clearing"): gettext_lazy("Getting ready"),
    ("checking", "reading"): gettext_lazy("Reading the file"),
    ("checking", "matching"): gettext_lazy("Comparing with your book"),
    ("running", "fields"): gettext_lazy("Adding your new fields"),
    ("running", "again"): gettext_lazy("Comparing with your book once more"),
    ("running", "rows"): gettext_lazy("Writing accounts, people, products and notes"),
    ("running", "contracts"): gettext_lazy("Writing contracts and their revenue"),
    ("undoing", "contracts"): gettext_lazy("Taking contracts back"),
    ("undoing", "rows"): gettext_lazy("Taking rows back"),
}
TITLES = {
    Stage.CHECKING: gettext_lazy("Being tried: nothing is written yet"),
    Stage.RUNNING: gettext_lazy("Being written into your book"),
    Stage.UNDOING: gettext_lazy("Being taken back"),
}
# A shorter stretch says nothing about the pace.
SHORTEST = 1.5
TOLD = 10  # screen readers hear of every tenth percent


def context(request: MemberRequest, job: Import) -> dict[str, Any]:
    done, total = counted(job)
    step = str(job.place.get("step", ""))
    label = LABELS.get((job.stage, step), _("Waiting for a worker"))
    percent = min(100, 100 * done // total) if total else None
    told = f"{step} {percent // TOLD * TOLD if percent is not None else ''}".strip()
    since, before = _asked(request, told_of=f"{job.stage}.{step}", done=done)
    rate = _rate(done - before, timezone.now().timestamp() - since)
    poll = {"of": f"{job.stage}.{step}", "since": f"{since:.1f}", "from": before, "told": told}
    return {
        "title": TITLES[job.stage],  # type: ignore[index]
        "label": label,
        "done": done,
        "total": total,
        "percent": percent,
        "figures": _figures(done, total),
        "rate": f"{formats.number(round(rate))} {_('rows a second')}" if rate else "",
        "left": _left((total - done) / rate) if rate and total else "",
        "poll": "?" + urlencode(poll),
        "say": told != request.GET.get("told", ""),
        "can_stop": job.stage != Stage.UNDOING,
    }


def counted(job: Import) -> tuple[int, int]:
    """Rows done and rows in all; 0 in all where rows don't tell how far it is."""
    step = job.place.get("step")
    if step == "reading":
        return job.rows_read, max(job.rows_total, job.rows_read)
    if step == "rows" and job.stage == Stage.RUNNING:
        return job.rows_done, job.rows_total
    return 0, 0


def _asked(request: MemberRequest, *, told_of: str, done: int) -> tuple[float, int]:
    """When this page began to look, and how many rows there were: the pace is that of what one watches."""
    said = request.GET
    if said.get("of") == told_of:
        try:
            since, before = float(said.get("since", "")), int(said.get("from", ""))
        except ValueError:
            since, before = math.nan, 0
        if math.isfinite(since):
            return since, before
    return timezone.now().timestamp(), done


def _rate(rows: int, seconds: float) -> float:
    return rows / seconds if seconds >= SHORTEST and rows > 0 else 0


def _figures(done: int, total: int) -> str:
    if not total:
        return ""
    return _("%(done)s of %(total)s rows") % {"done": formats.number(done), "total": formats.number(total)}


def _left(seconds: float) -> str:
    """Rounded up: nobody minds that it was sooner."""
    if seconds < 60:
        return _("about %(count)s s left") % {"count": max(1, math.ceil(seconds / 5) * 5)}
    return _("about %(count)s min left") % {"count": formats.number(math.ceil(seconds / 60))}
