"""A customer's person in front of a shared plan: a browser without a sign-in, and a plan with something in it."""

from __future__ import annotations

import re
from types import SimpleNamespace

from django.core import mail
from django.test import Client

from accounts.models import Contact
from accounts.tenancy.context import tenant_context
from journeys.plans.actions import sharing
from journeys.plans.models import Plan
from tests.factories import plans as made
from tests.factories.accounts import ContactFactory


class Visitor(Client):
    """visitor.get("steps/5/done/") asks for an address of the link; outside any open tenant context."""

    def __init__(self, slug: str, token: str) -> None:
        super().__init__()
        self.base = f"/w/{slug}/p/{token}/"

    def generic(self, method: str, path: str, *args: object, **kwargs: object) -> object:
        return super().generic(method, path if path.startswith("/") else self.base + path, *args, **kwargs)


def elena(plan: Plan, **values: object) -> Contact:
    given = {"name": "Elena Brandt", "title": "COO", "email": "elena@halden.test", "buying_role": "champion"}
    return ContactFactory(account=plan.account, **(given | values))


def shared(cast: SimpleNamespace, plan: Plan | None = None, contact: Contact | None = None, **more: object):
    """A plan, its reader, the link and its token. Inside the tenant's context."""
    plan = plan or made.empty(cast)
    contact = contact or elena(plan)
    link, token = sharing.share(plan, contact, by=cast.cass, **more)
    return SimpleNamespace(plan=plan, contact=contact, link=link, token=token, slug=cast.slug, tenant=cast.tenant)


def code_from_mail() -> str:
    return re.search(r"^\d{6}$", mail.outbox[-1].body, re.M).group()


def visiting(story: SimpleNamespace) -> Visitor:
    """Past the code. Outside the tenant's context."""
    visitor = Visitor(story.slug, story.token)
    assert visitor.post("code/").status_code == 302
    assert sharing.mail_waiting(story.tenant.pk) == 1
    assert visitor.post("open/", {"code": code_from_mail()}).status_code == 302
    return visitor


def told(story: SimpleNamespace, make) -> SimpleNamespace:
    """Whatever `make` gives, made inside the tenant."""
    with tenant_context(story.tenant):
        return make()
