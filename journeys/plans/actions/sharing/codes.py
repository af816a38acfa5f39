"""One-time codes: asked for by a visitor, made and mailed by a sweep, good for ten minutes and five tries."""

from __future__ import annotations

import datetime as dt
import secrets

import structlog
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import F, QuerySet, Sum
from django.db.models.functions import Coalesce, Now
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts import timeline
from accounts.actions.errors import refuse
from accounts.models import Tenant, TenantWork
from accounts.tenancy.context import tenant_context
from journeys.plans.models import SharedCode, SharedLink

WORK = "shared_code"
MINUTES = 10
AN_HOUR = 5  # codes of one link
A_DAY = 20  # codes to one address, however many links it has
DIGITS = 6
FIRST_DELAY = dt.timedelta(seconds=30)  # longer than a mail server may think about one mail
GIVEN_UP = dt.timedelta(minutes=30)  # nobody waits longer in front of a page
MOST = 50

log = structlog.get_logger()


@transaction.atomic
def ask_code(link: SharedLink) -> SharedCode:
    """A row that waits for its mail; an earlier code of this link is worth nothing from now on."""
    SharedLink.objects.select_for_update(of=("self",)).get(pk=link.pk)
    now = timezone.now()
    if SharedCode.objects.filter(link=link, asked_at__gt=now - dt.timedelta(hours=1)).count() >= AN_HOUR:
        raise refuse("", "Five codes in an hour are enough. Please wait a while, or ask whoever sent you the link.")
    if _of_a_day(now).filter(link__contact__email=link.contact.email).count() >= A_DAY:
        raise refuse("", "Twenty codes in a day are enough. Please try tomorrow, or ask whoever sent you the link.")
    SharedCode.objects.filter(link=link, used_at=None, expires_at__gt=now).update(expires_at=now)
    code = SharedCode.objects.create(link=link, expires_at=now + GIVEN_UP)
    timeline.ring(WORK)
    return code


def tries_today(address: str) -> int:
    """How often the living links of this address were tried within a day, with right codes and wrong ones."""
    found = _of_a_day(timezone.now()).filter(
        link__contact__email=address, link__in=SharedLink.objects.live().values("pk")
    )
    return found.aggregate(tries=Coalesce(Sum("attempts"), 0))["tries"]


def _of_a_day(now: dt.datetime) -> QuerySet[SharedCode]:
    return SharedCode.objects.filter(asked_at__gt=now - dt.timedelta(days=1))


def hashed(code: SharedCode, digits: str) -> str:
    """A million possibilities are soon tried, so the hash needs a key that isn't in the database."""
    return salted_hmac("plans.shared_code", f"{code.pk}:{digits}", algorithm="sha256").hexdigest()


def waiting_tenants() -> list[int]:
    return list(_notes().order_by("tenant_id").values_list("tenant_id", flat=True).distinct())


def mail_waiting(tenant_id: int) -> int:
    """How many mails went out. A mail that is refused comes again with another code, as long as somebody waits."""
    tenant = Tenant.objects.filter(pk=tenant_id).first()
    if tenant is None:
        return 0
    with tenant_context(tenant):
        notes = list(_notes().filter(tenant=tenant).values_list("pk", flat=True))
    sent = 0
    while sent < MOST and (claimed := _claim(tenant)) and _mail(tenant, *claimed):
        sent += 1
    with tenant_context(tenant):
        TenantWork.objects.filter(pk__in=notes).delete()
        if (last := _open().order_by("mail_due_at").first()) is not None:
            timeline.ring(WORK, last.mail_due_at)
    return sent


def _claim(tenant: Tenant) -> tuple[SharedCode, str] | None:
    """The next one with its digits, its try counted, so that a killed worker costs a delay and no mail."""
    with tenant_context(tenant):
        due = _open().filter(mail_due_at__lte=Now()).select_for_update(skip_locked=True, of=("self",))
        code = due.select_related("link__contact", "link__plan__account").order_by("mail_due_at", "pk").first()
        if code is None:
            return None
        digits = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
        SharedCode.objects.filter(pk=code.pk).update(
            code_hash=hashed(code, digits),
            mail_tries=F("mail_tries") + 1,
            mail_due_at=Now() + FIRST_DELAY * 2 ** min(code.mail_tries, 4),
        )
        return code, digits


def _mail(tenant: Tenant, code: SharedCode, digits: str) -> bool:
    context = {"code": digits, "name": code.link.contact.name, "workspace": tenant.name, "minutes": MINUTES}
    context["account"] = code.link.plan.account.name
    subject = render_to_string("emails/shared_code_subject.txt", context).strip()
    try:
        send_mail(subject, render_to_string("emails/shared_code.txt", context), None, [code.link.contact.email])
    except Exception as error:
        log.warning("code not mailed", code_id=code.pk, error=type(error).__name__)
        return False
    with tenant_context(tenant):
        # Its time may be up since: who asks for another code while this mail is sent ends it.
        sent = SharedCode.objects.filter(pk=code.pk, used_at=None, expires_at__gt=Now())
        sent.update(sent_at=Now(), expires_at=Now() + dt.timedelta(minutes=MINUTES))
    return True


def _open() -> QuerySet[SharedCode]:
    """Not mailed yet, with somebody who may still be waiting and a link that still opens."""
    return SharedCode.objects.filter(
        sent_at=None, used_at=None, expires_at__gt=Now(), link__in=SharedLink.objects.live().values("pk")
    )


def _notes() -> QuerySet[TenantWork]:
    return TenantWork.objects.filter(kind=WORK, due_at__lte=Now())
