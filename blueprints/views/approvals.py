"""Mails that wait for a word: read, mended, sent or declined with a reason."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import F, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts import formats
from accounts.access import MemberRequest, requires
from accounts.actions.errors import Conflict, Refused
from accounts.models import Account
from accounts.roles import Permission
from blueprints.actions import approvals
from blueprints.models import RunStep, StepState
from blueprints.views.places import last_seen

PAGE = 20
STALE, WRONG = 409, 422


@require_GET
@requires(Permission.PLAY_VIEW)
def approval_list(request: MemberRequest) -> HttpResponse:
    """What this person may decide, oldest first; those of their own accounts by themselves if they ask."""
    mine = request.GET.get("scope") == "own"
    waiting = approvals.asking().filter(run__account__in=Account.objects.visible_to(request.membership))
    if mine:
        waiting = waiting.filter(run__account__csm=request.user)
    if (after := last_seen(request)) and (last := _last(request, after)):
        waiting = waiting.filter(at__gte=last.at).filter(Q(at__gt=last.at) | Q(pk__gt=last.pk))
    found = list(waiting[: PAGE + 1])
    context = {
        "rows": [asked(request, step) for step in found[:PAGE]],
        "next": found[PAGE - 1].pk if len(found) > PAGE else None,
        "mine": mine,
    }
    return render(request, "blueprints/approvals.html", context)


def _last(request: MemberRequest, pk: int) -> RunStep | None:
    """The last row of a page, though somebody decided it since; not once it was taken, for that moved its instant."""
    return _visible(request).filter(pk=pk).exclude(at__gt=F("decided_at")).first()


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAY_VIEW)
def approval_detail(request: MemberRequest, pk: int) -> HttpResponse:
    """One mail; POST with do=approve or do=decline. What was typed stays where it is refused."""
    step = _step_or_404(request, pk)
    if request.method != "POST":
        return render(request, "blueprints/approval.html", {"row": asked(request, step)})
    if not approvals.may_decide(step, request.membership):
        messages.error(request, _("Only the account’s CSM or somebody who may edit plays can decide this."))
        return render(request, "blueprints/approval.html", {"row": asked(request, step)}, status=403)
    try:
        said = _decide(request, step)
    except Refused as refused:
        row = asked(request, step, errors=refused.errors)
        return render(request, "blueprints/approval.html", {"row": row}, status=WRONG)
    except Conflict:
        step.refresh_from_db()
        row = asked(request, step) | {"stale": True}
        return render(request, "blueprints/approval.html", {"row": row}, status=STALE)
    messages.success(request, said)
    return redirect("blueprints:approval-list")


def _decide(request: MemberRequest, step: RunStep) -> str:
    version, now = _version(request), timezone.now()
    if request.POST.get("do") == "decline":
        approvals.decline(step, by=request.user, reason=request.POST.get("reason", ""), at=now, version=version)
        return _("Declined. The play goes on without it.")
    approvals.approve(step, by=request.user, at=now, edits=_edits(request, step), version=version)
    return _approved(_leaves(request, step), ", ".join(step.did.get("left_out", [])))


def _approved(leaves: str, gone: str) -> str:
    """When it leaves, and to whom it doesn't."""
    of = {"when": leaves, "names": gone}
    if leaves and gone:
        said = _("Approved. It leaves at %(when)s, when the quiet hours of its play are over, but not to %(names)s, "
                 "who left.")  # fmt: skip
    elif leaves:
        said = _("Approved. It leaves at %(when)s, when the quiet hours of its play are over.")
    elif gone:
        said = _("Approved. It leaves within seconds, but not to %(names)s, who left.")
    else:
        said = _("Approved. It leaves within seconds.")
    return said % of


def _leaves(request: MemberRequest, step: RunStep) -> str:
    """When the quiet hours end for which it waits; empty where a yes sends it at once."""
    at = approvals.leaves_at(step, tenant=request.tenant, at=timezone.now())
    return formats.date_time(at.astimezone(request.tenant.zone)) if at else ""


def _version(request: MemberRequest) -> int | None:
    said = request.POST.get("version", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else None


def _edits(request: MemberRequest, step: RunStep) -> list[dict[str, str]]:
    return [
        {name: request.POST.get(f"drafts-{n}-{name}", draft[name]) for name in ("subject", "text")}
        for n, draft in enumerate(step.did.get("drafts", []))
    ]


def asked(request: MemberRequest, step: RunStep, errors: dict[str, list[str]] | None = None) -> dict[str, Any]:
    """A step as its form shows it, with what was typed before."""
    errors = errors or {}
    typed = _edits(request, step) if request.method == "POST" else step.did.get("drafts", [])
    drafts = [
        {"number": n, "to": draft["to"], "name": draft["name"], "subject": words["subject"], "text": words["text"],
         "errors": {name: errors.get(f"drafts.{n}.{name}", []) for name in ("subject", "text")}}
        for n, (draft, words) in enumerate(zip(step.did.get("drafts", []), typed, strict=True))
    ]  # fmt: skip
    return {
        "step": step,
        "run": step.run,
        "drafts": drafts,
        "reason": request.POST.get("reason", ""),
        "reason_errors": errors.get("reason", []),
        "other_errors": [text for name in ("", "drafts") for text in errors.get(name, [])],
        "may_decide": approvals.may_decide(step, request.membership),
        "asking": step.state == StepState.ASKING,
        "leaves": _leaves(request, step),
        "ago": formats.ago(step.at, timezone.localtime()),
    }


def _step_or_404(request: MemberRequest, pk: int) -> RunStep:
    step = _visible(request).select_related("run__account__csm", "run__play", "run__version").filter(pk=pk).first()
    if step is None:
        raise Http404("No such mail")
    return step


def _visible(request: MemberRequest) -> QuerySet[RunStep]:
    return RunStep.objects.filter(kind="email", run__account__in=Account.objects.visible_to(request.membership))
