"""What the kickoff changed: each statement of the handoff as it was and as it stands; and the first impact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from accounts import formats
from accounts.access import MemberRequest
from accounts.calendar import local_today
from accounts.models import Account
from journeys.models import SpicedConfirmation, SpicedEntry
from journeys.onboarding import wording
from journeys.onboarding.actions.first_impact import may_reopen
from journeys.onboarding.models import AgendaItem, FirstImpact, Kickoff
from journeys.plans.models import Objective, Plan


@dataclass(frozen=True)
class Difference:
    """`then`: as the rep put it, None where nobody knew; `now`: what stands, None where it still has to be asked."""

    label: str
    mark: str
    then: SpicedEntry | None
    now: SpicedEntry | None
    names: list[str]  # who confirmed it

    @property
    def changed(self) -> bool:
        return self.then is not None and self.now is not None and self.now.pk != self.then.pk

    @property
    def tone(self) -> str:
        return "amber" if self.changed else "green" if self.names or self.then is None else ""

    @property
    def word(self) -> str:
        if self.then is None:
            return "New"
        return "Corrected" if self.changed else "Confirmed" if self.names else "To confirm"


def differences(account: Account, kickoff: Kickoff) -> list[Difference]:
    """In the order of the letters; three queries whatever the length."""
    if kickoff.handoff_id is None:
        return []
    entries = list(SpicedEntry.objects.filter(account=account).order_by("pk"))
    replaced: dict[int | None, SpicedEntry] = {entry.replaces_id: entry for entry in entries if entry.replaces_id}
    names = _names(account)
    of_handoff = [e for e in entries if e.source == "handoff" and e.source_ref.startswith(f"{kickoff.handoff_id}/")]
    chains = [(entry, _last(entry, replaced)) for entry in of_handoff if entry.replaces_id is None]
    rows = [_row(then, now, names) for then, now in chains]
    answered = AgendaItem.objects.filter(handoff=kickoff.handoff_id).exclude(entry=None).select_related("entry")
    return rows + [_row(None, _last(item.entry, replaced), names) for item in answered if item.entry]


def _row(then: SpicedEntry | None, now: SpicedEntry, names: dict[int, list[str]]) -> Difference:
    return Difference(now.meaning.label, now.meaning.mark, then, now, names.get(now.pk, []))


def _last(entry: SpicedEntry, replaced: dict[int | None, SpicedEntry]) -> SpicedEntry:
    while entry.pk in replaced:
        entry = replaced[entry.pk]
    return entry


def _names(account: Account) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    rows = SpicedConfirmation.objects.filter(entry__account=account).select_related("contact").order_by("pk")
    for row in rows:
        found.setdefault(row.entry_id, []).append(row.contact.name)
    return found


def impact_of(request: MemberRequest, account: Account, plan: Plan | None) -> dict[str, Any]:
    """The first impact with both clocks, the one that the workspace chose first; and the impacts it stands among."""
    impact = (
        FirstImpact.objects.filter(account=account, journey__ended_at=None)
        .select_related("objective", "reached_by")
        .first()
    )
    objectives = list(Objective.objects.standing().filter(plan=plan)) if plan else []
    if impact is None:
        return {"impact": None, "objectives": objectives}
    today, first = local_today(request.tenant), request.tenant.first_impact_from
    order = ["commit", "kickoff"] if first == "commit" else ["kickoff", "commit"]
    return {
        "impact": impact,
        "objectives": objectives,
        "clocks": [(since, impact.days(today, since=since)) for since in order],
        "reached": formats.date(impact.reached_on) if impact.reached_on else "",
        "warning": wording.ONLY_A_LOGIN if wording.only_a_login(impact.words) else "",
        "may_reopen": may_reopen(impact, request.user),
    }
