"""Visits: a right code opens one, a cookie keeps it for half a day, and the account's story knows of each."""

from __future__ import annotations

import datetime as dt
import secrets

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from accounts.keys import digest
from journeys.plans.actions.sharing.codes import hashed
from journeys.plans.actions.standing import tell
from journeys.plans.models import Plan, SharedCode, SharedLink, SharedSession

TRIES = 5
HOURS = 12


@transaction.atomic
def open_visit(link: SharedLink, digits: str) -> str | None:
    """The key of a new visit, told once; None for a wrong, old or worn-out code, and the try is counted."""
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


def _note(link: SharedLink) -> None:
    """On the link and on the timeline: once a visit, and the first by a name of its own."""
    row = SharedLink.objects.filter(pk=link.pk)
    first = bool(row.filter(first_visit_at=None).update(first_visit_at=Now()))
    row.update(last_visit_at=Now())
    kind = "plan.first_visited" if first else "plan.visited"
    tell(kind, link.plan, None, link.contact, link_id=link.pk, name=link.contact.name)
