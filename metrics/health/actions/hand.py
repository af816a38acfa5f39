"""What people say: a judgement with its reason, a score set by hand for a while, and taking that back."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from accounts import timeline
from accounts.actions.errors import Errors, Refused, named_refusals, refuse
from accounts.models import Account, User
from metrics.health import live
from metrics.health.definitions import Measure
from metrics.health.models import Judgement, Override

LONGEST = dt.timedelta(days=30)


def judged() -> dict[str, Measure]:
    """What may be judged now, by key: the published versions' and the challengers' measures."""
    measures = [each for line in reversed(live.lines()) for each in line.definition.measures]
    return {each.key: each for each in measures if each.judged}


@transaction.atomic
def judge(
    account: Account, measure: str, level: str, *, by: User | None, today: dt.date, reason: str = "", note: str = "",
    now: dt.datetime | None = None,
) -> Judgement:  # fmt: skip
    """The newest judgement counts; older ones stay. A measure that names reasons wants one of them."""
    known = judged().get(measure)
    if known is None:
        raise refuse("measure", "No health model lets people judge this.")
    errors: Errors = {}
    levels, reasons = {each.key: each.label for each in known.levels}, dict(known.reasons)
    if level not in levels:
        errors["level"] = ["Choose one of the levels."]
    if (reasons or reason) and reason not in reasons:
        errors["reason"] = ["Choose the reason that comes closest."]
    if len(note) > 500:
        errors["note"] = ["At most 500 letters."]
    if errors:
        raise Refused(errors)
    said: dict[str, Any] = {"measure": measure, "level": level, "reason": reason, "note": note.strip()}
    when = {} if now is None else {"judged_at": now}
    row = Judgement.objects.create(account=account, judged_on=today, judged_by=by, **said, **when)
    timeline.record(
        "judgement.made", account=account, by=by, occurred_at=now, measure=known.label, level=levels[level],
        reason=reasons.get(reason, "–"), note=row.note,
    )  # fmt: skip
    return row


@transaction.atomic
def override(account: Account, score: int, *, reason: str, until: dt.date, by: User | None, today: dt.date) -> Override:
    """Holds until a day at most thirty away; an earlier one is lifted by it."""
    errors: Errors = {}
    if not 0 <= score <= 100:
        errors["score"] = ["A score is between 0 and 100."]
    if not reason.strip():
        errors["reason"] = ["Say why the figures are wrong: whoever reads the score will ask."]
    if not today < until <= today + LONGEST:
        errors["until"] = [f"Between tomorrow and {LONGEST.days} days from now."]
    if errors:
        raise Refused(errors)
    Override.objects.filter(account=account, lifted_at=None).update(lifted_at=Now(), lifted_by=by)
    with named_refusals(Override):
        row = Override.objects.create(account=account, score=score, reason=reason.strip()[:300], until=until, set_by=by)
    timeline.record("override.set", account=account, by=by, score=score, reason=row.reason, until=until.isoformat())
    return row


@transaction.atomic
def lift(account: Account, *, by: User | None, only: int | None = None) -> None:
    """The one that holds; where one is named by its id, only if that is it."""
    rows = Override.objects.filter(account=account, lifted_at=None)
    if only is not None:
        rows = rows.filter(pk=only)
    if rows.update(lifted_at=Now(), lifted_by=by):
        timeline.record("override.lifted", account=account, by=by)


def current(account: Account, today: dt.date) -> Override | None:
    return Override.objects.filter(account=account, lifted_at=None, until__gte=today).select_related("set_by").first()
