"""Links: made for one person and one plan, shown once, good for a while, and ended by a word."""

from __future__ import annotations

import base64
import datetime as dt
import re
import secrets

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts import timeline
from accounts.actions.errors import Conflict, named_refusals, refuse
from accounts.keys import digest
from accounts.links import path_of
from accounts.models import Contact, Tenant, User
from journeys.plans.actions.standing import open_, tell
from journeys.plans.models import Audience, Plan, SharedLink
from journeys.plans.models.sharing import READERS, reads

DAYS = 90
LONGEST = 365
BITS = 256
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
WORK = "shared_link"  # the note for whoever mails links


def audience_for(contact: Contact) -> Audience:
    """The champion reads what is open to champions; everybody else what is open to all."""
    return reads(Audience.CHAMPION, contact.buying_role)


@transaction.atomic
def share(
    plan: Plan, contact: Contact, *, audience: str = "", days: int = DAYS, mail: bool = False, by: User | None
) -> tuple[SharedLink, str]:
    """The link and its token, which is told this once. One living link per person: a second is refused.

    `mail`: the link leaves by mail, too, soon after this is kept.
    """
    row = open_(plan)
    _may_receive(row, contact)
    opens = _opens(contact, audience)
    _retire(row, contact, by)
    seed = secrets.token_urlsafe(BITS // 8)
    token = token_of(seed)
    values = {
        "token_hash": digest(token),
        "mail_seed": seed if mail else "",
        "expires_at": timezone.now() + _term(days),
    }
    with named_refusals(SharedLink):
        link = SharedLink.objects.create(plan=row, contact=contact, audience=opens, created_by=by, **values)
    if mail:
        timeline.ring(WORK)
    facts = {"link_id": link.pk, "contact_id": contact.pk, "name": contact.name}
    tell("plan.shared", row, by, audience=opens, days=days, **facts)
    return link, token


def token_of(seed: str) -> str:
    """Made of the seed by a key that isn't in the database: a copy of the rows opens nothing while mails wait."""
    made = salted_hmac("plans.shared_link", seed, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


@transaction.atomic
def revoke(link: SharedLink, *, by: User | None) -> SharedLink:
    """From the next request on it opens nothing, nor does any visit that began with it."""
    if SharedLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=Now(), revoked_by=by):
        tell("plan.link_revoked", link.plan, by, link_id=link.pk, contact_id=link.contact_id, name=link.contact.name)
    link.refresh_from_db()
    return link


@transaction.atomic
def renew(link: SharedLink, *, days: int = DAYS, by: User | None) -> SharedLink:
    """The same address works from today for this long. What was revoked stays so."""
    until = timezone.now() + _term(days)
    if not SharedLink.objects.filter(pk=link.pk, revoked_at=None).update(expires_at=until):
        raise Conflict(SharedLink.objects.get(pk=link.pk))
    link.refresh_from_db()
    facts = {"link_id": link.pk, "contact_id": link.contact_id, "name": link.contact.name}
    tell("plan.link_renewed", link.plan, by, until=until.date().isoformat(), **facts)
    return link


def link_of(token: str) -> SharedLink | None:
    """The living link behind a token; whatever else it may be, it is None after the same one look."""
    known = token if TOKEN.fullmatch(token) else ""
    found = SharedLink.objects.live().filter(token_hash=digest(known), plan__account__archived_at=None)
    return found.select_related("plan", "plan__account", "contact").first()


def address_of(tenant: Tenant, token: str) -> str:
    return f"{settings.BASE_URL}/w/{tenant.slug}{path_of(settings.SHARED_URLCONF, 'shared:plan', token)}"


def _may_receive(plan: Plan, contact: Contact) -> None:
    if contact.account_id != plan.account_id:
        raise refuse("contact", "This person belongs to another account.")
    if contact.departed_on is not None:
        raise refuse("contact", "This person has left.")
    if not contact.email:
        raise refuse("contact", "The code that opens the link goes by mail: give this person an e-mail address first.")


def _opens(contact: Contact, audience: str) -> str:
    given = audience or audience_for(contact).value
    if given not in {value for value, _label in READERS}:
        raise refuse("audience", "A link is for the champion or for everyone.")
    if reads(given, contact.buying_role) != given:
        raise refuse("audience", "Only the champion reads what is for the champion, and this person isn’t.")
    return given


def _retire(plan: Plan, contact: Contact, by: User | None) -> None:
    """A link that ran out stands in nobody's way; one that still works does."""
    kept = SharedLink.objects.filter(plan=plan, contact=contact, revoked_at=None)
    kept.filter(expires_at__lte=Now()).update(revoked_at=Now(), revoked_by=by)
    if kept.exists():
        raise refuse("contact", "This person has a link already: end it to make another.")


def _term(days: int) -> dt.timedelta:
    if not 1 <= days <= LONGEST:
        raise refuse("days", f"Between 1 and {LONGEST} days.")
    return dt.timedelta(days=days)
