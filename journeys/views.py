"""Pages about what is known of an account by letter."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts import formats
from accounts.access import MemberRequest, account_or_404, requires, visible_accounts
from accounts.calendar import local_today
from accounts.forms.answers import attempt
from accounts.models import Account
from accounts.roles import Permission
from accounts.views.header import header
from journeys.actions import spiced
from journeys.forms import ConfirmForm, StatementForm
from journeys.models import SpicedConfirmation, SpicedEntry
from journeys.spiced import BUYERS, BY_CODE, KINDS, KINDS_OF, LETTERS, Letter


@dataclass
class Statement:
    """An entry as the page shows it, with what it replaced and who confirmed it."""

    entry: SpicedEntry
    when: str
    due: str
    earlier: list[Statement] = field(default_factory=list)
    confirmed: list[SpicedConfirmation] = field(default_factory=list)


@require_GET
@requires(Permission.ACCOUNT_VIEW)
def spiced_page(request: MemberRequest, pk: int) -> HttpResponse:
    """The record by letter, newest first; what was replaced lies under what replaced it."""
    account = account_or_404(request, pk)
    context = header(request, account) | {
        "sections": record_of(account),
        "may_write": request.membership.may(Permission.SPICED_WRITE),
    }
    return render(request, "journeys/spiced.html", context)


@require_GET
@requires(Permission.ACCOUNT_VIEW)
def account_panel(request: MemberRequest, pk: int) -> HttpResponse:
    account = account_or_404(request, pk)
    lines = [(letter, latest(letter, statements)) for letter, statements in record_of(account)]
    return render(request, "journeys/panel.html", {"account": account, "sections": lines})


@require_http_methods(["GET", "POST"])
@requires(Permission.SPICED_WRITE)
def spiced_add(request: MemberRequest, pk: int) -> HttpResponse:
    account = account_or_404(request, pk)
    letter = request.POST.get("letter") or request.GET.get("letter", "")
    if letter not in BY_CODE:
        raise Http404("No such letter")
    form = StatementForm(request.POST or None, account=account, letter=letter, today=local_today(request.tenant))
    status = 200
    if request.method == "POST":
        said, status = attempt(
            form, lambda: spiced.say(account, letter, form.cleaned_data["statement"], by=request.user, **form.values)
        )
        if said:
            messages.success(request, f"{said.meaning.label} noted.")
            return redirect("journeys:spiced", account.pk)
    context = {"form": form, "letter": BY_CODE[letter], "doing": "add"}
    return _form(request, account, context, status)


@require_http_methods(["GET", "POST"])
@requires(Permission.SPICED_WRITE)
def spiced_correct(request: MemberRequest, pk: int) -> HttpResponse:
    entry = _entry_or_404(request, pk)
    today = local_today(request.tenant)
    form, status = StatementForm.over(entry, today=today), 200
    if request.method == "POST":
        form = StatementForm(request.POST, account=entry.account, letter=entry.letter, today=today)
        said, status = attempt(
            form, lambda: spiced.correct(entry, form.cleaned_data["statement"], by=request.user, **form.values)
        )
        if said:
            messages.success(request, f"{said.meaning.label} corrected; the old statement stays readable.")
            return redirect("journeys:spiced", entry.account_id)
    context = {"form": form, "letter": entry.meaning, "entry": entry, "doing": "correct"}
    return _form(request, entry.account, context, status)


@require_http_methods(["GET", "POST"])
@requires(Permission.SPICED_WRITE)
def spiced_confirm(request: MemberRequest, pk: int) -> HttpResponse:
    entry = _entry_or_404(request, pk)
    form, status = ConfirmForm(request.POST or None, account=entry.account), 200
    if request.method == "POST":
        done, status = attempt(
            form, lambda: spiced.confirm(entry, contact=form.cleaned_data["contact"], by=request.user)
        )
        if done:
            messages.success(request, f"Confirmed by {done.contact}.")
            return redirect("journeys:spiced", entry.account_id)
    context = {"form": form, "letter": entry.meaning, "entry": entry, "doing": "confirm"}
    return _form(request, entry.account, context, status)


def record_of(account: Account) -> list[tuple[Letter, list[Statement]]]:
    """Every letter with its standing statements. Two queries, however long the record."""
    entries = list(account.spiced_entries.select_related("said_by", "written_by"))
    rows = {
        entry.pk: Statement(entry, formats.date(entry.occurred_on), formats.date(entry.due_on)) for entry in entries
    }
    for done in SpicedConfirmation.objects.filter(entry__account=account).select_related("contact"):
        rows[done.entry_id].confirmed.append(done)
    replaced = {entry.replaces_id: entry.pk for entry in entries if entry.replaces_id}
    for pk, row in rows.items():
        head = pk
        while head in replaced:
            head = replaced[head]
        if head != pk:
            rows[head].earlier.append(row)
    standing = [row for pk, row in rows.items() if pk not in replaced]
    return [(letter, [row for row in standing if row.entry.letter == letter.code]) for letter in LETTERS]


def latest(letter: Letter, statements: list[Statement]) -> list[tuple[str, Statement | None]]:
    """(kind in words, newest of its kind): both impacts, and beside how they decide who bought. Empty: nothing said."""
    if not statements:
        return []
    first = {row.entry.kind: row for row in reversed(statements)}
    kinds = [kind for kind in KINDS_OF.get(letter.code, [""]) if kind != BUYERS or kind in first]
    return [(dict(KINDS).get(kind, ""), first.get(kind)) for kind in kinds]


def _entry_or_404(request: MemberRequest, pk: int) -> SpicedEntry:
    entries = SpicedEntry.objects.filter(account__in=visible_accounts(request))
    entry = entries.select_related("account", "account__csm", "account__ae", "account__delivery").filter(pk=pk).first()
    if entry is None:
        raise Http404("No such statement")
    return entry


def _form(request: MemberRequest, account: Account, context: dict[str, object], status: int) -> HttpResponse:
    part = request.htmx and request.method == "GET"
    whole = {"account": account} if part else header(request, account)
    return render(request, f"journeys/form.html{'#form' if part else ''}", whole | context, status=status)
