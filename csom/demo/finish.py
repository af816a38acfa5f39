"""What happens last, once the plays listen: the newest acceptances, a champion who leaves, work in motion."""

from __future__ import annotations

import datetime as dt

from accounts.actions import api_keys, tasks
from accounts.models import Event, Task
from blueprints import rules
from blueprints.actions import engine, runs
from blueprints.models import Play
from csom.demo import contacts, critical_events, customers, deals, meetings, onboarding, plans, talks
from csom.demo.stage import Stage, Tale
from csom.demo.words import Spec, seeded
from journeys.onboarding.actions import handoffs
from journeys.onboarding.models import Handoff

DAY = dt.timedelta(days=1)
LEAVING = 3  # champions who left in these days


def tell(stage: Stage, tales: list[Tale]) -> None:
    young = [tale for tale in tales if tale.sketch.stage == "accepted"]
    for tale in young:
        _accept(tale)
    settled = [tale for tale in tales if not tale.sketch.stage and tale.gone_on is None and "champion" in tale.contacts]
    mine = [tale for tale in settled if tale.csm == stage.by_role["csm"][0]]
    for days, tale in zip((2, 4, 9), (mine + settled)[:LEAVING], strict=False):
        contacts.leave(tale, "champion", stage.today - DAY * days, tale.chance("leaving"))
        _answer(_latest(tale, "contact.departed"), tale, stage.today)
    for tale in settled[-1:]:
        lose_deal(tale)
    plans.tell(stage, tales)
    meetings.tell(stage, tales)
    onboarding.tell(stage)
    critical_events.tell(stage, tales)
    customers.share_plans(stage)
    give_key(stage)


def lose_deal(tale: Tale) -> None:
    """A second deal of an old customer that fell through before anybody took it."""
    today, rng = tale.stage.today, tale.chance("lost")
    opened, dropped = tale.at(today - DAY * 20, rng), tale.at(today - DAY * 6, rng)
    handoff = handoffs.open(tale.account, rep=tale.ae, committed_on=today - DAY * 21, by=tale.ae, now=opened)
    handoffs.drop(handoff, "Their board moved the second site to next year's budget.", by=tale.ae, now=dropped)


def give_key(stage: Stage) -> None:
    """For scripts that drive the product."""
    values = stage.spec["workspace"]
    admin = stage.by_role["admin"][0]
    api_keys.create(stage.tenant, values["key"], "write", admin, secret=secret_of(stage.spec))


def secret_of(spec: Spec) -> str:
    """Known beforehand, since the file of logins can be asked for again."""
    return "csk_" + "".join(seeded(spec["workspace"]["slug"], "key").choices("abcdefghjkmnpqrstuvwxyz23456789", k=48))


def _accept(tale: Tale) -> None:
    """Accepted some days ago: the onboarding play began that day, and its first tasks are done."""
    handoff = Handoff.objects.get(account=tale.account)
    day = handoff.submitted_at.astimezone(tale.stage.tenant.zone).date() + DAY  # type: ignore[union-attr]
    handoff = deals.accept(tale, handoff, day)
    accepted = _latest(tale, "handoff.accepted")
    _answer(accepted, tale, day, now=accepted.occurred_at)
    _work_off(tale, day)
    deals.follow_up(tale, handoff)
    talks.tell(tale)


def _latest(tale: Tale, kind: str) -> Event:
    return Event.objects.select_related("account").filter(account=tale.account, kind=kind).latest("id")


def _answer(event: Event, tale: Tale, today: dt.date, now: dt.datetime | None = None) -> None:
    """What the plays would have done: by themselves they don't act on what lies before their first day."""
    for play in Play.objects.on().filter(trigger=event.kind):
        version = play.current()
        if rules.holds(version.conditions, engine.known(event)):
            runs.start(play, version, event, tenant=tale.stage.tenant, today=today, now=now)


def _work_off(tale: Tale, day: dt.date) -> None:
    rng = tale.chance("work")
    past = Task.objects.filter(account=tale.account, source="play", due_on__lt=tale.stage.today).order_by("due_on")
    for task in past:
        if rng.random() < 0.85:
            by = task.assignee or tale.csm
            closed_at = tale.at(max(day, task.due_on - DAY * rng.randint(0, 2)), rng)
            tasks.complete(task, outcome="achieved", by=by, now=closed_at)
