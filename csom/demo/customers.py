"""Plans in their customers' hands: who holds a link, who came by, what they said and ticked."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

from accounts import timeline
from accounts.keys import digest
from accounts.models import Contact
from csom.demo.stage import Stage
from csom.demo.words import seeded
from journeys.plans.actions import comments, sharing, steps
from journeys.plans.models import Plan, SharedLink, Step

SHARED = 8
SAID = (
    "The export runs every night now; the first three look complete.",
    "Can the second session move to the morning? Month-end is a bad time for us.",
    "Our planners like the new overview. Two of them ask for a German translation.",
    "I showed the numbers to our board on Monday. They want the same for the other site.",
)


def share_plans(stage: Stage) -> None:
    """The longest open plans, each with the champion; every third of them wasn't opened yet."""
    plans = Plan.objects.open().select_related("account").order_by("created_at", "id")
    for number, plan in enumerate(plans[:SHARED]):
        champion = plan.account.contacts.present().exclude(email="").filter(buying_role="champion").first()
        if champion is not None:
            _share(stage, plan, champion, number)


def _share(stage: Stage, plan: Plan, champion: Contact, number: int) -> None:
    rng = seeded(stage.spec["workspace"]["slug"], "shared", number)
    made = stage.at(stage.today - dt.timedelta(days=rng.randint(6, 20)), rng)
    visited = None if number % 3 == 2 else stage.at(stage.today - dt.timedelta(days=rng.randint(1, 4)), rng)
    csm = plan.account.csm
    # Nobody knows this token: whoever wants to look makes a link of their own.
    link = SharedLink.objects.create(
        plan=plan,
        contact=champion,
        audience=sharing.audience_for(champion),
        token_hash=digest(secrets.token_urlsafe(32)),
        expires_at=stage.now + dt.timedelta(days=sharing.DAYS),
        created_at=made,
        created_by=csm,
        first_visit_at=visited,
        last_visit_at=visited,
    )
    told: dict[str, Any] = {"plan_id": plan.pk, "link_id": link.pk, "contact_id": champion.pk, "name": champion.name}
    by: dict[str, Any] = {"who": csm.name if csm else stage.tenant.name}
    timeline.record("plan.shared", account=plan.account, by=csm, occurred_at=made, **told, **by)
    if visited is None:
        return
    who: dict[str, Any] = {"who": champion.name}
    timeline.record("plan.first_visited", account=plan.account, occurred_at=visited, **told, **who)
    comments.say(plan, SAID[number % len(SAID)], audience=link.reads, contact=champion, now=visited)
    step = Step.objects.open().filter(plan=plan, side="them").readable_by(link).first()
    if step is not None and number % 2 == 0:
        steps.done(step, contact=champion, now=visited)
