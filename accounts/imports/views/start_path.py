"""The first steps of a new workspace, on Home until done or put away; and sample data to look around with."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Exists, Subquery
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts import calendar
from accounts.access import MemberRequest, requires
from accounts.actions.errors import Refused
from accounts.imports.actions import first_steps, sample
from accounts.imports.models import HiddenPath, Import, Stage
from accounts.models import Account, Invitation, Membership, Product, Tenant
from accounts.registry import FirstStep
from accounts.registry import first_steps as other_steps
from accounts.roles import Permission

SAMPLE = "sample-"  # how the external ids of the sample's accounts begin


def _accounts() -> Any:
    """Of one's own: the sample's don't count."""
    return Account.objects.present().exclude(external_id__startswith=SAMPLE)


OWN_STEPS = (
    FirstStep(
        "accounts", gettext_lazy("Bring your accounts"),
        gettext_lazy("From a spreadsheet or your CRM’s export: tried before anything is written."),
        "imports:import-new", Permission.DATA_IMPORT, _accounts,
    ),
    FirstStep(
        "people", gettext_lazy("Invite your team"),
        gettext_lazy("Owners of accounts get their own day, and everybody sees the same book."),
        "accounts:member-invite", Permission.MEMBER_MANAGE, Membership.objects.active,
    ),
    FirstStep(
        "products", gettext_lazy("Choose products and touch models"),
        gettext_lazy("What contracts are about, and how close you stay to whom."),
        "accounts:product-list", Permission.SETTINGS_EDIT, Product.objects.all,
    ),
)  # fmt: skip


@require_GET
@requires(Permission.DATA_IMPORT)
def start_path(request: MemberRequest) -> HttpResponse:
    """A panel of Home: one question to the database, whatever the steps. Empty once there is nothing to say."""
    every: list[FirstStep] = [*OWN_STEPS, *other_steps()]
    steps = [step for step in every if request.membership.may(Permission(step.permission))]
    known = _known(request, steps)
    rows = [{"step": step, "url": reverse(step.url_name), "done": bool(known[step.code])} for step in steps]
    left = [row for row in rows if not row["done"]]
    standing = known["sample"]
    if known["hidden"] or (not left and not standing):
        return HttpResponse()
    context = {
        "rows": rows,
        "next": next((step.code for step in steps if not known[step.code]), ""),
        "said": _("%(done)s of %(all)s done") % {"done": len(rows) - len(left), "all": len(rows)},
        "sample": standing,
        "may_load": not standing and not known["accounts"],
    }
    return render(request, "imports/start_path.html", context)


def _known(request: MemberRequest, steps: list[FirstStep]) -> dict[str, Any]:
    me = request.membership.user_id
    open_invitations = Invitation.objects.filter(tenant=request.tenant, accepted_at=None, revoked_at=None)
    asked: dict[str, Any] = {step.code: Exists(step.done()) for step in steps} | {
        "accounts": Exists(_accounts()),
        "hidden": Exists(HiddenPath.objects.filter(user_id=me)),
        "people": Exists(Membership.objects.active().filter(tenant=request.tenant).exclude(user_id=me))
        | Exists(open_invitations),
    }
    standing = Import.objects.filter(options__sample=True).exclude(stage__in=(Stage.UNDONE, Stage.FAILED))
    asked["sample"] = Subquery(standing.order_by("-id").values("pk")[:1])
    # Names of their own: an annotation may not be called like a column.
    named = {f"knows_{code}": question for code, question in asked.items()}
    found = Tenant.objects.filter(pk=request.tenant.pk).annotate(**named).values(*named).get()
    return {code: found[f"knows_{code}"] for code in asked}


@require_POST
@requires(Permission.DATA_IMPORT)
def start_path_hide(request: MemberRequest) -> HttpResponse:
    first_steps.hide(by=request.user)
    messages.success(request, _("Put away. Imports and all settings are under Settings."))
    return redirect("accounts:home")


@require_POST
@requires(Permission.DATA_IMPORT)
def sample_load(request: MemberRequest) -> HttpResponse:
    """Brought in like any other file, so it can be watched and taken back like one."""
    try:
        job = sample.load(by=request.user, today=calendar.local_today(request.tenant))
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("accounts:home")
    return redirect("imports:import-detail", job.pk)
