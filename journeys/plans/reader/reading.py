"""From the rows that a link may read to frozen values: every query names its columns and asks for the audience."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from accounts import formats
from accounts.models import Account, Contact, Tenant, User
from journeys.plans.models import (
    Comment,
    Confirmation,
    Horizon,
    Measurement,
    Objective,
    ObjectiveKind,
    Plan,
    SharedLink,
    Step,
    Topic,
    TopicKind,
)
from journeys.plans.models.plan import PlanStatus
from journeys.plans.models.sharing import NOBODY
from journeys.plans.reader.agreed import versions
from journeys.plans.reader.people import their_people
from journeys.plans.reader.shapes import Impact, Person, Reading, Remark, SharedPlan, ToDo, Word

IMPACT = (
    "id", "title", "detail", "kind", "horizon", "due_on", "metric", "unit", "baseline", "target", "value_minor",
    "status", "achieved_on", "evidence", "our_owner__name", "their_owner__name",
)  # fmt: skip
TODO = (
    "id", "title", "kind", "side", "due_on", "done_at", "our_owner__name", "their_owner_id", "their_owner__name",
    "objective_id", "done_contact_id", "done_contact__name", "done_by__name", "task__status", "task__closed_at",
)  # fmt: skip
WORD = ("id", "body", "author__name", "contact__name", "contact_id", "author_id", "said_at", "objective_id", "step_id")


@dataclass(frozen=True)
class Sight:
    """Whose eyes: a link's, or (None) our own, which see everything."""

    plan: Plan
    link: SharedLink | None
    tenant: Tenant
    today: dt.date

    def over(self, rows: Any) -> Any:
        return rows if self.link is None else rows.readable_by(self.link)

    def objectives(self) -> QuerySet[Objective]:
        return self.over(Objective.objects.standing().filter(plan=self.plan))

    def steps(self) -> QuerySet[Step]:
        return self.over(Step.objects.standing().filter(plan=self.plan))

    def topics(self) -> QuerySet[Topic]:
        return self.over(Topic.objects.filter(plan=self.plan))

    def words(self) -> QuerySet[Comment]:
        """A comment is hidden with what it is about, whatever its own audience says."""
        said = self.over(Comment.objects.filter(plan=self.plan))
        return said.filter(
            Q(objective=None) | Q(objective__in=self.objectives().values("pk")),
            Q(step=None) | Q(step__in=self.steps().values("pk")),
            Q(topic=None) | Q(topic__in=self.topics().values("pk")),
        )

    def day(self, at: dt.datetime | None) -> dt.date | None:
        return None if at is None else at.astimezone(self.tenant.zone).date()


def as_shared(link: SharedLink, *, tenant: Tenant, today: dt.date) -> SharedPlan:
    """What the holder of this link reads."""
    return _read(Sight(link.plan, link, tenant, today))


def as_ours(plan: Plan, *, tenant: Tenant, today: dt.date) -> SharedPlan:
    """Everything, for our own people alone."""
    return _read(Sight(plan, None, tenant, today))


def pretended(plan: Plan, audience: str, contact: Contact | None) -> SharedLink:
    """A link that nobody has, to see what its holder would; it is never saved."""
    who: dict[str, Any] = {"contact": contact} if contact else {"contact_id": NOBODY}
    return SharedLink(plan=plan, audience=audience, **who)


def _read(sight: Sight) -> SharedPlan:
    plan, link = sight.plan, sight.link
    account = Account.objects.only("name", "csm", "currency").get(pk=plan.account_id)
    contact_id = link.contact_id if link else NOBODY
    reader = Contact.objects.filter(pk=contact_id).values("name", "title").first() if link else None
    impacts = _impacts(sight)
    titles = {impact.id: impact.title for impact in impacts}
    todos = _todos(sight, titles, contact_id)
    words = _words(sight, titles, {todo.id: todo.title for todo in todos})
    return SharedPlan(
        workspace=sight.tenant.name,
        account=account.name,
        audience=link.reads.value if link else "internal",
        reader=Person(**reader) if reader else None,
        as_of=sight.today,
        north_star=plan.north_star,
        closed=plan.status == PlanStatus.CLOSED,
        next_review_on=plan.next_review_on,
        impacts=tuple(impacts),
        todos=tuple(todos),
        remarks=tuple(_remarks(sight)),
        words=tuple(words),
        our_people=_our_people(account, impacts, todos),
        their_people=their_people(sight.objectives(), sight.steps(), contact_id),
        versions=versions(plan, contact_id, sight.tenant),
    )


def _impacts(sight: Sight) -> list[Impact]:
    rows = list(sight.objectives().values(*IMPACT))
    readings = _readings(sight)
    confirmed = {
        row["objective_id"]: row
        for row in Confirmation.objects.filter(objective__in=sight.objectives().values("pk")).values(
            "objective_id", "name", "confirmed_at"
        )
    }
    return [_impact(sight, row, tuple(readings[row["id"]]), confirmed.get(row["id"])) for row in rows]


def _impact(sight: Sight, row: dict[str, Any], readings: tuple[Reading, ...], word: Mapping[str, Any] | None) -> Impact:
    value = row["value_minor"]
    same = ("id", "title", "detail", "kind", "due_on", "metric", "unit", "baseline", "target", "status")
    return Impact(
        **{name: row[name] for name in (*same, "achieved_on", "evidence")},
        kind_label=ObjectiveKind(row["kind"]).label,
        horizon=Horizon(row["horizon"]).label,
        value="" if value is None else formats.money(value, sight.plan.currency),
        ours=row["our_owner__name"] or "",
        theirs=row["their_owner__name"] or "",
        confirmed_by=word["name"] if word else "",
        confirmed_on=sight.day(word["confirmed_at"]) if word else None,
        readings=readings,
    )


def _readings(sight: Sight) -> dict[int, list[Reading]]:
    found: dict[int, list[Reading]] = defaultdict(list)
    columns = ("value", "measured_on", "evidence", "evidence_url", "recorded_by__name", "recorded_contact__name")
    rows = Measurement.objects.filter(objective__in=sight.objectives().values("pk"))
    for row in rows.order_by("measured_on", "id").values("objective_id", *columns):
        who = row["recorded_contact__name"] or row["recorded_by__name"] or ""
        reading = Reading(row["value"], row["measured_on"], who, row["evidence"], row["evidence_url"])
        found[row["objective_id"]].append(reading)
    return found


def _todos(sight: Sight, titles: dict[int, str], contact_id: int) -> list[ToDo]:
    return [_todo(sight, row, titles, contact_id) for row in sight.steps().values(*TODO)]


def _todo(sight: Sight, row: dict[str, Any], titles: dict[int, str], contact_id: int) -> ToDo:
    # While it has a task, the task says whether it is done.
    done = row["task__status"] == "done" or (row["done_at"] is not None and row["task__status"] != "open")
    mine = row["their_owner_id"] == contact_id != NOBODY
    anybodys = row["side"] == "them" and row["their_owner_id"] is None
    return ToDo(
        **{name: row[name] for name in ("id", "title", "kind", "side", "due_on")},
        done_on=sight.day(row["done_at"] or row["task__closed_at"]) if done else None,
        done_by=(row["done_contact__name"] or row["done_by__name"] or "") if done else "",
        ours=row["our_owner__name"] or "",
        theirs=row["their_owner__name"] or "",
        # Its objective may be for other eyes than the step itself.
        impact=titles.get(row["objective_id"], ""),
        mine=mine,
        may_tick=sight.link is not None and not done and row["side"] != "us" and (mine or anybodys),
        may_undo=done and row["done_contact_id"] == contact_id != NOBODY,
        late=not done and row["due_on"] is not None and row["due_on"] < sight.today,
    )


def _remarks(sight: Sight) -> list[Remark]:
    return [
        Remark(
            row["id"], row["kind"], TopicKind(row["kind"]).label, row["text"], row["response"], bool(row["settled_at"])
        )
        for row in sight.topics().values("id", "kind", "text", "response", "settled_at")
    ]


def _words(sight: Sight, impacts: dict[int, str], todos: dict[int, str]) -> list[Word]:
    return [
        Word(
            id=row["id"],
            body=row["body"],
            who=row["contact__name"] or row["author__name"] or "",
            ours=row["contact_id"] is None,
            at=row["said_at"].astimezone(sight.tenant.zone),
            on=impacts.get(row["objective_id"], "") or todos.get(row["step_id"], ""),
            impact_id=row["objective_id"],
            step_id=row["step_id"],
        )
        for row in sight.words().values(*WORD)
    ]


def _our_people(account: Account, impacts: list[Impact], todos: list[ToDo]) -> tuple[Person, ...]:
    """Who looks after them, with an address to write to; then who else owns something that is open to the reader."""
    csm = User.objects.filter(pk=account.csm_id).values("name", "email").first() if account.csm_id else None
    first = [Person(csm["name"], "Customer success", csm["email"])] if csm else []
    known = {person.name for person in first}
    names = ({impact.ours for impact in impacts} | {todo.ours for todo in todos}) - known - {""}
    return (*first, *(Person(name) for name in sorted(names)))
