"""How far customers' own functions have come: asked a few times a year, and slowly rising."""

from __future__ import annotations

import datetime as dt

from accounts.calendar import local_today
from accounts.models import Account
from csom.demo.stage import Stage
from csom.demo.words import seeded
from metrics.maturity import actions, index
from metrics.maturity.models import MaturityTemplate

OFTEN = 0.035  # of the accounts, in a week
NOTES = ("Asked in the review, with their head of operations.", "As the champion sees it.", "From the workshop.")


def begin(stage: Stage) -> None:
    """Before the first look at the past. Twice does no harm."""
    if not MaturityTemplate.objects.exists():
        actions.add({"name": "Customer maturity", "questions": index.USUAL}, by=stage.by_role["admin"][0])


def go_on(stage: Stage, at: dt.datetime, account_ids: list[int]) -> None:
    """What was assessed by this look."""
    slug, day = stage.spec["workspace"]["slug"], local_today(stage.tenant, at)
    template = MaturityTemplate.objects.order_by("pk").first()
    if template is None:
        return
    chosen = [pk for pk in account_ids if seeded(slug, pk, day, "assess").random() < OFTEN]
    for account in Account.objects.filter(pk__in=chosen).select_related("csm"):
        rng = seeded(slug, account.pk, day, "levels")
        far = seeded(slug, account.pk, "maturity").random() * 3.4 - (stage.today - day).days / 900
        answers = {each["key"]: max(1, min(4, round(1 + far + rng.uniform(-0.8, 0.8)))) for each in template.questions}
        actions.assess(account, template, answers, note=rng.choice(NOTES), by=account.csm, today=day, now=at)
