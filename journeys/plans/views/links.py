"""The plan given away and taken back: links with their visits, made, shown once, renewed, ended."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import formats
from accounts.access import MemberRequest, requires
from accounts.forms.answers import attempt
from accounts.roles import Permission
from journeys.plans.actions import sharing
from journeys.plans.link_forms import ShareForm
from journeys.plans.models import Plan, SharedLink

VISITS = 20


@dataclass(frozen=True)
class Row:
    """A link as the list shows it; `state` is "" while it opens the plan, `mail` unless its mail is under way."""

    link: SharedLink
    audience: str
    until: str
    last: str
    state: str
    mail: str


@never_cache
@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_SHARE)
def link_list(request: MemberRequest, pk: int) -> HttpResponse:
    """Who may read the plan. The answer to a good form shows the new link, this once."""
    plan = plan_or_404(request, pk)
    form, status = ShareForm(request.POST or None, plan=plan), 200
    if request.method == "POST":
        made, status = attempt(form, lambda: _share(request, plan, form))
        if made:
            return _made(request, *made, form.cleaned_data["mail"])
    now = timezone.localtime()
    links = SharedLink.objects.filter(plan=plan).select_related("contact", "created_by")
    context = {
        "plan": plan,
        "form": form,
        "rows": [_row(request, link, now) for link in links[:100]],
        "visits": [
            (each.link.contact.name, _instant(request, each.began_at)) for each in sharing.visits(plan)[:VISITS]
        ],
    }
    return render(request, "plans/links.html", context, status=status)


@require_POST
@requires(Permission.PLAN_SHARE)
def link_revoke(request: MemberRequest, pk: int) -> HttpResponse:
    link = _link_or_404(request, pk)
    sharing.revoke(link, by=request.user)
    messages.success(request, _("The link of {name} opens nothing any more.").format(name=link.contact.name))
    return redirect("plans:link-list", link.plan_id)


@require_POST
@requires(Permission.PLAN_SHARE)
def link_renew(request: MemberRequest, pk: int) -> HttpResponse:
    link = sharing.renew(_link_or_404(request, pk), by=request.user)
    until = formats.date(link.expires_at.astimezone(request.tenant.zone).date())
    messages.success(request, _("The link works until {day}; its address stays the same.").format(day=until))
    return redirect("plans:link-list", link.plan_id)


def plan_or_404(request: MemberRequest, pk: int) -> Plan:
    found = Plan.objects.visible_to(request.membership).filter(pk=pk, account__archived_at=None)
    plan = found.select_related("account").first()
    if plan is None:
        raise Http404("No such plan")
    return plan


def _share(request: MemberRequest, plan: Plan, form: ShareForm) -> tuple[SharedLink, str]:
    said = form.cleaned_data
    terms = {name: said[name] for name in ("audience", "days", "mail")}
    return sharing.share(plan, said["contact"], **terms, by=request.user)


def _made(request: MemberRequest, link: SharedLink, token: str, mail: bool) -> HttpResponse:
    context: dict[str, Any] = {
        "link": link,
        "audience": link.reads.label,
        "address": sharing.address_of(request.tenant, token),
        "mailed": mail,
    }
    return render(request, "plans/link_made.html", context)


def _link_or_404(request: MemberRequest, pk: int) -> SharedLink:
    plans = Plan.objects.visible_to(request.membership).filter(account__archived_at=None)
    link = SharedLink.objects.filter(plan__in=plans).select_related("plan__account", "contact").filter(pk=pk).first()
    if link is None:
        raise Http404("No such link")
    return link


def _row(request: MemberRequest, link: SharedLink, now: dt.datetime) -> Row:
    state = _("Ended") if link.revoked_at else _("Ran out") if link.expires_at <= now else ""
    if link.contact.departed_on and not state:
        state = _("Person left")
    return Row(
        link,
        link.reads.label,
        formats.date(link.expires_at.astimezone(request.tenant.zone).date()),
        formats.ago(link.last_visit_at, now) if link.last_visit_at else _("never"),
        state,
        "" if state else _mail_of(link),
    )


def _mail_of(link: SharedLink) -> str:
    if not link.mail_seed:
        failed = link.mailed_at is None and link.mail_tries > 0
        return _("The mail couldn’t be sent: end this link and make another.") if failed else ""
    if not link.mail_tries:
        return _("Its mail leaves in a moment.")
    return _("The mail server hasn’t taken its mail yet; we keep trying.")


def _instant(request: MemberRequest, at: dt.datetime) -> str:
    return formats.date_time(at.astimezone(request.tenant.zone))
