"""The mails of invitations: a row is claimed, its mail sent outside any transaction, and the row marked."""

from __future__ import annotations

import datetime as dt

import structlog
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now
from django.template.loader import render_to_string

from accounts import formats
from accounts.keys import token_of
from accounts.links import public_url
from accounts.models import Invitation

FIRST_DELAY = dt.timedelta(seconds=30)  # longer than a mail server may think about one mail
DOUBLINGS = 7  # then it is tried about every hour, as long as its link works
MOST = 50
LONGEST_ERROR = 300

log = structlog.get_logger()


def link_of(invitation: Invitation) -> str:
    return public_url("invitation-accept", token_of(invitation))


def waiting_tenants() -> list[int]:
    """Tenants with an invitation whose mail is due: this table is outside row-level security, so no note is needed."""
    return list(_due().order_by("tenant_id").values_list("tenant_id", flat=True).distinct())


def mail_waiting(tenant_id: int) -> int:
    """How many mails went out. Whatever refuses one may refuse all, so the rest waits for the next ring."""
    sent = 0
    while sent < MOST and (invitation := _claim(tenant_id)) and _mail(invitation):
        sent += 1
    return sent


def _due() -> QuerySet[Invitation]:
    waiting = Invitation.objects.filter(mailed_at=None, accepted_at=None, revoked_at=None)
    return waiting.filter(mail_due_at__lte=Now(), expires_at__gt=Now())


@transaction.atomic
def _claim(tenant_id: int) -> Invitation | None:
    """The next one, its try counted and the following one set, so that a killed worker costs a delay and no mail."""
    held = _due().filter(tenant_id=tenant_id).select_for_update(skip_locked=True, of=("self",))
    invitation = held.select_related("tenant", "invited_by").order_by("mail_due_at", "pk").first()
    if invitation is None:
        return None
    delay = FIRST_DELAY * 2 ** min(invitation.mail_attempts, DOUBLINGS)
    _row(invitation).update(mail_attempts=F("mail_attempts") + 1, mail_due_at=Now() + delay)
    return invitation


def _mail(invitation: Invitation) -> bool:
    try:
        _send(invitation)
    except Exception as error:
        # Whatever it is, the admin who waits for the newcomer should read it.
        _row(invitation).update(mail_error=f"{type(error).__name__}: {error}"[:LONGEST_ERROR])
        log.warning("invitation not mailed", invitation_id=invitation.pk, error=type(error).__name__)
        return False
    _row(invitation).update(mailed_at=Now(), mail_error="")
    return True


def _send(invitation: Invitation) -> None:
    until = invitation.expires_at.astimezone(invitation.tenant.zone).date()
    context = {
        "invitation": invitation,
        "workspace": invitation.tenant.name,
        "by": str(invitation.invited_by),
        "link": link_of(invitation),
        "until": formats.date(until),
    }
    subject = render_to_string("emails/invitation_subject.txt", context).strip()
    send_mail(subject, render_to_string("emails/invitation.txt", context), None, [invitation.email])


def _row(invitation: Invitation) -> QuerySet[Invitation]:
    return Invitation.objects.filter(pk=invitation.pk)
