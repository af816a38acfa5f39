"""Tasks: those that were done over the months, and those that wait today."""

from __future__ import annotations

import datetime as dt
import random

from accounts.actions import tasks
from accounts.calendar import add_business_days
from accounts.models import Task
from csom.demo.stage import Tale
from csom.demo.words import Spec, shared

DAY = dt.timedelta(days=1)
# Business days from today at which an open task is due, with how often that is so.
WAITING = {-6: 1, -3: 1, -1: 2, 0: 4, 1: 3, 2: 3, 4: 3, 7: 3, 12: 3, 18: 2}
OUTCOMES = {"achieved": 70, "partly": 14, "no_answer": 9, "not_needed": 7}


def done(tale: Tale) -> None:
    """A few finished ones, with what came of them."""
    rng = tale.chance("done")
    span = (tale.ends - tale.begins).days - 30
    for _ in range(rng.randint(1, 4) if span > 0 else 0):
        day = tale.begins + DAY * rng.randint(14, max(15, span))
        task = _give(tale, rng.choice(shared()["tasks"]), day + DAY * rng.randint(3, 12), day, rng)
        outcome = rng.choices(list(OUTCOMES), list(OUTCOMES.values()))[0]
        note = tale.sketch.say(rng.choice(shared()["outcomes"][outcome]), day)
        closed_at = tale.at(min(day + DAY * rng.randint(1, 12), tale.ends - DAY), rng)
        tasks.complete(task, outcome=outcome, note=note, by=tale.csm, now=max(closed_at, task.created_at))


def waiting(tale: Tale) -> None:
    """What is due around today; whoever shows the product has the fullest list."""
    rng = tale.chance("waiting")
    busy = tale.csm == tale.stage.by_role["csm"][0]
    if tale.gone_on is not None or rng.random() > (0.9 if busy else 0.4):
        return
    today, country = tale.stage.today, tale.stage.tenant.country
    due = rng.choices(list(WAITING), list(WAITING.values()))[0]
    due_on = add_business_days(today, due, country) if due else today
    task = _give(tale, rng.choice(shared()["tasks"]), due_on, min(due_on, today) - DAY * rng.randint(2, 9), rng)
    if due > 2 and rng.random() < 0.2:
        until = add_business_days(today, due - 1, country)
        reason = tale.sketch.say("{champion_first} is away until then")
        tasks.snooze(task, until=until, reason=reason, by=tale.csm, today=today)


def _give(tale: Tale, task: Spec, due_on: dt.date, day: dt.date, rng: random.Random) -> Task:
    values = {
        "account": tale.account,
        "title": tale.sketch.say(task["title"], day),
        "detail": tale.sketch.say(task["detail"], day),
        "assignee": tale.csm,
        "due_on": due_on,
    }
    return tasks.add(values, by=tale.csm, now=tale.at(day, rng))
