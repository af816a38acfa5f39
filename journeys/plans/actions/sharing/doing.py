"""What a visitor does in the plan, each on what their link may read, and how our people hear of it."""

from __future__ import annotations

import datetime as dt
import hashlib
from decimal import Decimal
from typing import TypeVar

from django.db import transaction
from django.db.models import F, Model, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from accounts import calendar
from accounts.actions import tasks
from accounts.actions.errors import Refused, refuse
from accounts.models import Task, TaskStatus, Tenant
from journeys.plans.actions import comments, objectives, plans, steps
from journeys.plans.actions.standing import locked
from journeys.plans.models import Agreement, Comment, Confirmation, Measurement, Objective, SharedLink, Side, Step
from journeys.plans.reader import SharedPlan, as_shared

M = TypeVar("M", bound=Model)
SOURCE = "plan"
WRITES = 30  # of one link
WINDOW = dt.timedelta(minutes=10)
# What of an item is agreed to.
IMPACT = (
    "id", "kind", "horizon", "title", "detail", "due_on", "metric", "unit", "baseline", "target", "value", "ours",
    "theirs",
)  # fmt: skip
TODO = ("id", "kind", "title", "side", "due_on", "ours", "theirs", "impact")
REMARK = ("id", "kind", "text", "response")


class Unreadable(LookupError):
    """What a link may not read is as unknown as what isn't there."""


class Changed(Refused):
    """The plan isn't any more what the visitor read when they said yes."""

    def __init__(self) -> None:
        super().__init__({"": ["The plan has changed while you were reading it. Please look at it once more."]})


@transaction.atomic
def comment(link: SharedLink, body: str, *, on: str = "", pk: int = 0) -> Comment:
    """Read by whoever holds a link like this one, and by us. `on`: impact or step."""
    _count(link)
    item: Objective | Step | None = None
    if on == "impact":
        item = _one(_objectives(link), pk)
    elif on == "step":
        item = _one(_steps(link), pk)
    said = comments.say(link.plan, body, on=item, audience=link.reads, contact=link.contact)
    _ask_csm(link, f"Answer {link.contact.name} in the impact plan", said.body)
    return said


@transaction.atomic
def tick(link: SharedLink, pk: int) -> Step:
    """Theirs to do, done."""
    _count(link)
    return steps.done(_one(_own(link), pk), contact=link.contact)


@transaction.atomic
def untick(link: SharedLink, pk: int) -> Step:
    """What they did themselves, taken back."""
    _count(link)
    return steps.reopen(_one(_steps(link).filter(done_contact=link.contact), pk), contact=link.contact)


@transaction.atomic
def measure(link: SharedLink, pk: int, value: Decimal, *, on: dt.date, evidence: str, url: str) -> Measurement:
    _count(link)
    found = _one(_objectives(link), pk)
    return objectives.measure(found, value, on=on, evidence=evidence, url=url, contact=link.contact)


@transaction.atomic
def confirm(link: SharedLink, pk: int, *, name: str, statement: str) -> Confirmation:
    """Signed with the name that they typed."""
    _count(link)
    found = _one(_objectives(link), pk)
    word = objectives.confirm(found, contact=link.contact, name=name, statement=statement)
    _ask_csm(link, _thanks(word), word.statement)
    return word


def thanks_due(word: Confirmation) -> Task | None:
    """What our people were asked to do for this word, while it is still to be done."""
    asked = Task.objects.open().filter(account=word.objective.plan.account_id, source=SOURCE)
    found: Task | None = asked.filter(title=_thanks(word)).first()
    return found


def _thanks(word: Confirmation) -> str:
    return f"Thank {word.contact.name}: “{word.objective.title}” is confirmed"[:200]


@transaction.atomic
def agree(link: SharedLink, *, name: str, seen: str, tenant: Tenant) -> Agreement:
    """To the plan as they read it; where it moved on meanwhile they look once more."""
    if not name.strip():
        raise refuse("name", "Sign with your name.")
    _count(link)
    # From here on nobody changes the plan: what is kept as agreed is what is held against what they read.
    locked(link.plan)
    shown = as_shared(link, tenant=tenant, today=calendar.local_today(tenant))
    if seen != fingerprint(shown):
        raise Changed
    return plans.agree(link.plan, contact=link.contact, name=name)[1]


def fingerprint(plan: SharedPlan) -> str:
    """Of what a reader agrees to: the words and figures of the plan that a version keeps, not how far it has come.

    One mark for each item, so that what changed since can be named.
    """
    return " ".join(f"{key}:{mark}" for key, (mark, _title) in _marks(plan).items())


def moved(plan: SharedPlan, seen: str) -> tuple[list[str], bool]:
    """What is new or says something else since a reader saw it, by title; and whether anything went."""
    before, now = dict(part.split(":", 1) for part in seen.split() if ":" in part), _marks(plan)
    return [title for key, (mark, title) in now.items() if before.get(key) != mark], not before.keys() <= now.keys()


def _marks(plan: SharedPlan) -> dict[str, tuple[str, str]]:
    marks = {"north": (_mark(plan.north_star), plan.north_star)}
    for noun, fields, items in (("i", IMPACT, plan.impacts), ("t", TODO, plan.todos), ("r", REMARK, plan.remarks)):
        for item in items:
            said = repr([getattr(item, name) for name in fields])
            marks[f"{noun}{item.id}"] = _mark(said), getattr(item, "title", "") or getattr(item, "text", "")
    return marks


def _mark(said: str) -> str:
    return hashlib.sha256(said.encode()).hexdigest()[:24]


def _count(link: SharedLink) -> None:
    """One more thing written through this link, where there is room. The plan is locked first, as everywhere."""
    locked(link.plan)
    row = SharedLink.objects.filter(pk=link.pk)
    begun = timezone.now() - WINDOW
    if row.filter(writes_since__lt=begun).update(writes=1, writes_since=Now()):
        return
    if not row.filter(writes__lt=WRITES).update(writes=F("writes") + 1):
        raise refuse("", "That was a lot within ten minutes. Nothing is lost: please send this again in a while.")


def _objectives(link: SharedLink) -> QuerySet[Objective]:
    return Objective.objects.standing().filter(plan=link.plan_id).readable_by(link)


def _steps(link: SharedLink) -> QuerySet[Step]:
    return Step.objects.standing().filter(plan=link.plan_id).readable_by(link)


def _own(link: SharedLink) -> QuerySet[Step]:
    """Given to them, or to their side without a name."""
    mine = Q(their_owner=link.contact_id) & ~Q(side=Side.US)
    return _steps(link).filter(mine | Q(side=Side.THEM, their_owner=None))


def _one(rows: QuerySet[M], pk: int) -> M:
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Unreadable
    return found


def _ask_csm(link: SharedLink, title: str, detail: str) -> None:
    """One open task of this title is enough, however much a visitor says."""
    account = link.plan.account
    waiting = Task.objects.filter(account=account, title=title, status=TaskStatus.OPEN)
    if account.csm is None or waiting.exists():
        return
    tenant = account.tenant
    due = calendar.add_business_days(calendar.local_today(tenant), 1, tenant.country)
    values = {"account": account, "title": title, "assignee": account.csm, "due_on": due}
    tasks.add(values | {"detail": detail, "source": SOURCE}, by=None)
