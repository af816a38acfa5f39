"""The mails that bring a link: its row waits for its turn, and forgets what the token was made of once it left."""

from __future__ import annotations

import datetime as dt

import structlog
from django.core.mail import send_mail
from django.db.models import F, QuerySet
from django.db.models.functions import Now
from django.template.loader import render_to_string

from accounts import formats, timeline
from accounts.models import Tenant, TenantWork
from accounts.tenancy.context import tenant_context
from journeys.plans.actions.sharing.links import WORK, address_of, token_of
from journeys.plans.actions.standing import tell
from journeys.plans.models import SharedLink

FIRST_DELAY = dt.timedelta(seconds=30)  # longer than a mail server may think about one mail
DOUBLINGS = 7  # then it is tried about every hour
TRIES = 30  # after about a day nobody waits for it any more
MOST = 50

log = structlog.get_logger()


def tenants_with_links() -> list[int]:
    return list(_notes().order_by("tenant_id").values_list("tenant_id", flat=True).distinct())


def mail_links(tenant_id: int) -> int:
    """How many links went out. Whatever refuses one mail may refuse all, so the rest waits for the next ring."""
    tenant = Tenant.objects.filter(pk=tenant_id).first()
    if tenant is None:
        return 0
    with tenant_context(tenant):
        notes = list(_notes().filter(tenant=tenant).values_list("pk", flat=True))
    sent = 0
    while sent < MOST and (link := _claim(tenant)) and _mail(tenant, link):
        sent += 1
    with tenant_context(tenant):
        TenantWork.objects.filter(pk__in=notes).delete()
        if (waiting := _waiting().order_by("mail_due_at").first()) is not None:
            timeline.ring(WORK, waiting.mail_due_at)
    return sent


def _claim(tenant: Tenant) -> SharedLink | None:
    """The next one, its try counted and the following one set, so that a killed worker costs a delay and no mail."""
    with tenant_context(tenant):
        due = _waiting().filter(mail_due_at__lte=Now()).select_for_update(skip_locked=True, of=("self",))
        link = due.select_related("contact", "plan__account").order_by("mail_due_at", "pk").first()
        if link is not None:
            delay = FIRST_DELAY * 2 ** min(link.mail_tries, DOUBLINGS)
            _row(link).update(mail_tries=F("mail_tries") + 1, mail_due_at=Now() + delay)
            link.mail_tries += 1
        return link


def _mail(tenant: Tenant, link: SharedLink) -> bool:
    try:
        _send(tenant, link)
    except Exception as error:
        log.warning("link not mailed", link_id=link.pk, error=type(error).__name__)
        if link.mail_tries >= TRIES:
            _give_up(tenant, link)
        return False
    with tenant_context(tenant):
        _row(link).update(mailed_at=Now(), mail_seed="")
    return True


def _send(tenant: Tenant, link: SharedLink) -> None:
    context = {
        "name": link.contact.name,
        "account": link.plan.account.name,
        "workspace": tenant.name,
        "address": address_of(tenant, token_of(link.mail_seed)),
        "until": formats.date(link.expires_at.astimezone(tenant.zone).date()),
    }
    subject = render_to_string("emails/shared_plan_subject.txt", context).strip()
    send_mail(subject, render_to_string("emails/shared_plan.txt", context), None, [link.contact.email])


def _give_up(tenant: Tenant, link: SharedLink) -> None:
    with tenant_context(tenant):
        _row(link).update(mail_seed="")
        tell("plan.link_unmailed", link.plan, None, link_id=link.pk, name=link.contact.name)


def _row(link: SharedLink) -> QuerySet[SharedLink]:
    return SharedLink.objects.filter(pk=link.pk)


def _waiting() -> QuerySet[SharedLink]:
    return SharedLink.objects.live().exclude(mail_seed="").exclude(contact__email="")


def _notes() -> QuerySet[TenantWork]:
    return TenantWork.objects.filter(kind=WORK, due_at__lte=Now())
