"""Two health models with a history: there before the first look, refined in spring, challenged since last week."""

from __future__ import annotations

import copy
import datetime as dt
from typing import Any

from accounts.actions import knowledge
from accounts.calendar import DAY, local_today
from accounts.models import Account, Phase
from csom.demo.stage import Stage
from csom.demo.words import seeded
from metrics.health import live
from metrics.health.actions import beginning, hand, signing, versions
from metrics.health.models import HealthModel, State

REFINED = 150  # days ago
LEVELS = ("unhappy", "reserved", "content", "advocate")
REASONS = ("results", "product", "support", "price", "people")
NOTES = {
    "unhappy": "They asked twice who decides about the roadmap.", "reserved": "Short answers since the new quarter.",
    "content": "They like where the numbers go.", "advocate": "Spoke for us at their industry’s day.",
}  # fmt: skip


def begin(stage: Stage) -> None:
    """Before the first look at the past, so that its versions carry scores. Twice does no harm."""
    if not HealthModel.objects.exists():
        beginning.begin(by=stage.by_role["admin"][0], now=stage.now - DAY * 460)


def go_on(stage: Stage, at: dt.datetime, account_ids: list[int]) -> None:
    """What people did by this look: CSMs judge now and then, and the general model got its second version."""
    day = local_today(stage.tenant, at)
    general = HealthModel.objects.get(key="general")
    if day >= stage.today - DAY * REFINED and general.versions.count() == 1:
        _refine(stage, general, at)
    if "sentiment" in hand.judged():
        _judge(stage, account_ids, at, day)


def finish(stage: Stage) -> None:
    """As it is today: one score set by hand, and a draft that waits for its signatures and scores beside the rest."""
    ops = stage.by_role.get("ops", stage.by_role["admin"])[0]
    general = HealthModel.objects.get(key="general")
    if general.versions.filter(state=State.DRAFT).exists():
        return
    draft = versions.draft(general, by=ops)
    definition = copy.deepcopy(draft.definition)
    definition["bands"] = {"healthy": 75, "symptoms": 55}
    versions.edit_draft(draft, definition, note="Stricter bands: too many healthy accounts left us", by=ops)
    versions.shadow(draft, True, by=ops)
    signing.ask(draft, stage.by_role["leader"][0], "leadership", by=ops)
    account = Account.objects.present().filter(phase=Phase.ADOPTION, csm=stage.by_role["csm"][0]).first()
    if account is not None:
        hand.override(
            account, 45, reason="Their new finance lead froze all renewals until the audit is through",
            until=stage.today + DAY * 20, by=stage.by_role["csm"][0], today=stage.today,
        )  # fmt: skip
    knowledge.note(Account.objects.present().values_list("pk", flat=True))


def _refine(stage: Stage, general: HealthModel, at: dt.datetime) -> None:
    """A second metric for engagement, and open tickets hold the score down."""
    known, ops = live.inputs(), stage.by_role.get("ops", stage.by_role["admin"])[0]
    draft = versions.draft(general, by=ops)
    definition = copy.deepcopy(draft.definition)
    for pillar in definition["pillars"]:
        if pillar["key"] == "engagement" and "meeting.last_review_on" in known:
            pillar["measures"][0]["weight"] = 60
            pillar["measures"].append(_review())
    if "ext.open_critical_tickets" in known:
        when = {"fact": "ext.open_critical_tickets", "at_least": 3}
        definition["limits"].append({"when": when, "cap": 69, "reason": "Three or more critical tickets open"})
    versions.edit_draft(draft, definition, note="Reviews count, and critical tickets hold the score down", by=ops)
    for role in ("leadership", "product"):
        person = stage.by_role["leader" if role == "leadership" else "admin"][0]
        signing.decide(signing.ask(draft, person, role, by=ops), signed=True, note="", by=person)
    versions.publish(draft, by=ops, now=at)


def _review() -> dict[str, Any]:
    return {
        "key": "last_review", "label": "Last review meeting", "weight": 40, "missing": "neutral",
        "fact": "meeting.last_review_on", "how": {"bad": 200, "good": 60, "counts": "age"},
    }  # fmt: skip


def _judge(stage: Stage, account_ids: list[int], at: dt.datetime, day: dt.date) -> None:
    slug = stage.spec["workspace"]["slug"]
    chosen = [pk for pk in account_ids if seeded(slug, pk, day, "judge").random() < 0.07]
    for account in Account.objects.filter(pk__in=chosen).select_related("csm"):
        rng = seeded(slug, account.pk, day, "level")
        mood = stage.fate_of(account.pk).mood_on(day)  # the same that surveys and tickets follow
        level = LEVELS[max(0, min(3, round(mood * 3 + rng.uniform(-0.9, 0.9))))]
        hand.judge(account, "sentiment", level, reason=rng.choice(REASONS), note=NOTES[level], by=account.csm,
                   today=day, now=at)  # fmt: skip
