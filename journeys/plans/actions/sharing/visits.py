"""Visits: a right code opens one, a cookie keeps it for half a day, and the account's story knows of each."""

from __future__ import annotations

import datetime as dt
import secrets

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from accounts.keys import digest
from journeys.plans.actions.sharing.codes import hashed, tries_today
from journeys.plans.actions.standing import tell
from journeys.plans.models import Plan, SharedCode, SharedLink, SharedSession

TRIES = 5  # of one code
TRIES_A_DAY = 60  # of all links of one address
HOURS = 12


@transaction.atomic
def open_visit(link: SharedLink, digits: str) -> str | None:
    """The key of a new visit, told once; None for a wrong, old or worn-out code, and the try is counted.

    Too many tries within a day close every link of this address for good.
    """
    code = (
        SharedCode.objects.select_for_update(of=("self",))
        .filter(link=link, used_at=None, expires_at__gt=Now(), attempts__lt=TRIES)
        .exclude(code_hash="")
        .order_by("-asked_at", "-pk")
        .first()
    )
    if code is None:
        return None
    SharedCode.objects.filter(pk=code.pk).update(attempts=F("attempts") + 1)
    if not secrets.compare_digest(code.code_hash, hashed(code, digits)):
        _close_if_worn_out(link)
        return None
    SharedCode.objects.filter(pk=code.pk).update(used_at=Now())
    key = secrets.token_urlsafe(32)
    until = timezone.now() + dt.timedelta(hours=HOURS)
    SharedSession.objects.create(link=link, key_hash=digest(key), expires_at=until)
    _note(link)
    return key


def visit_of(link: SharedLink, key: str) -> SharedSession | None:
    """The living visit that this cookie belongs to."""
    return SharedSession.objects.filter(link=link, key_hash=digest(key), expires_at__gt=Now()).first()


def visits(plan: Plan) -> QuerySet[SharedSession]:
    """Who came when, newest first."""
    return SharedSession.objects.filter(link__plan=plan).select_related("link__contact")


def _close_if_worn_out(link: SharedLink) -> None:
    """Whoever guesses day after day gets there some day: the address needs a new link from us."""
    if tries_today(link.contact.email) < TRIES_A_DAY:
        return
    for each in SharedLink.objects.live().filter(contact__email=link.contact.email).select_related("plan", "contact"):
        if SharedLink.objects.filter(pk=each.pk, revoked_at=None).update(revoked_at=Now()):
            tell("plan.link_closed", each.plan, None, link_id=each.pk, name=each.contact.name)
    link.refresh_from_db(fields=["revoked_at"])


def _note(link: SharedLink) -> None:
    """On the link and on the timeline: once a visit, and the first by a name of its own."""
    row = SharedLink.objects.filter(pk=link.pk)
    first = bool(row.filter(first_visit_at=None).update(first_visit_at=Now()))
    row.update(last_visit_at=Now())
    kind = "plan.first_visited" if first else "plan.visited"
    tell(kind, link.plan, None, link.contact, link_id=link.pk, name=link.contact.name)
