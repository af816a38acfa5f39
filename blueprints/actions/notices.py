"""A word to one person, until it was seen."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet
from django.db.models.functions import Now

from accounts.models import Account, Membership, User
from accounts.roles import Permission
from blueprints.models import Notice, Run

LONGEST = 500


def tell(people: Iterable[int], text: str, *, account: Account | None = None, run: Run | None = None) -> list[int]:
    """Ids of the notices, one for each of these users."""
    rows = [Notice(recipient_id=person, account=account, run=run, text=text[:LONGEST]) for person in people]
    return [notice.pk for notice in Notice.objects.bulk_create(rows)]


def tell_editors(text: str) -> list[int]:
    """Whoever may edit plays hears of what the engine did by itself."""
    members = Membership.objects.here().active()
    return tell([member.user_id for member in members if member.may(Permission.PLAY_EDIT)], text)


def unseen(user: User) -> QuerySet[Notice]:
    return Notice.objects.filter(recipient=user, seen_at=None).select_related("account")


def seen(notice: Notice, *, by: User) -> bool:
    """Whether it was new to them; nobody sees for somebody else."""
    return bool(Notice.objects.filter(pk=notice.pk, recipient=by, seen_at=None).update(seen_at=Now()))


def all_seen(*, by: User) -> int:
    return Notice.objects.filter(recipient=by, seen_at=None).update(seen_at=Now())
