"""What is said beside a plan, by either side, for good."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.actions.errors import refuse
from accounts.actions.validity import check, settled
from accounts.models import Contact, User
from journeys.plans.actions.standing import SHOWN, of_account, open_, tell
from journeys.plans.models import Audience, Comment, Objective, Plan, Step, Topic

Item = Objective | Step | Topic
NOUNS: dict[type, str] = {Objective: "objective", Step: "step", Topic: "topic"}
WIDTH = [Audience.INTERNAL, Audience.CHAMPION, Audience.EVERYONE]
LONGEST = 4_000


@transaction.atomic
def say(
    plan: Plan,
    body: str,
    *,
    on: Item | None = None,
    audience: str = Audience.EVERYONE,
    by: User | None = None,
    contact: Contact | None = None,
    now: dt.datetime | None = None,
) -> Comment:
    """Of one item, or of the plan as a whole. Nobody reads a comment who can't read the item that it is on."""
    row = open_(plan)
    of_account(row, contact, "contact")
    if on is not None and on.plan_id != row.pk:
        raise refuse("on", "This belongs to another plan.")
    if not body.strip():
        raise refuse("body", "Say something.")
    if len(body.strip()) > LONGEST:
        raise refuse("body", f"This is longer than {LONGEST:,} characters.")
    if contact is not None and audience == Audience.INTERNAL:
        raise refuse("audience", "What the customer says is never ours alone.")
    item = {NOUNS[type(on)]: on} if on is not None else {}
    comment = Comment(plan=row, body=body.strip(), audience=audience, author=None if contact else by, contact=contact)
    if now is not None:
        comment.said_at = now
    for name, value in item.items():
        setattr(comment, name, value)
    check(comment)
    comment.audience = narrower(audience, on.audience if on else Audience.EVERYONE)
    comment.save(force_insert=True)
    about = {"comment_id": comment.pk, "audience": comment.audience, "body": comment.body[:SHOWN]}
    tell("comment.said", row, by, contact, occurred_at=now, **about, **{f"{n}_id": v.pk for n, v in item.items()})
    return settled(comment)


def narrower(one: str, other: str) -> str:
    return min(one, other, key=lambda audience: WIDTH.index(Audience(audience)))
