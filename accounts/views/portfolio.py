"""The portfolio: a fast list of the accounts that somebody looks after, and what can be done to many at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts import calendar, downloads, formats, search
from accounts.access import MemberRequest, requires, visible_accounts
from accounts.actions import accounts as actions
from accounts.actions import exports as takings
from accounts.exports import KINDS
from accounts.forms.accounts import AssignForm
from accounts.models import Tenant
from accounts.models.account import AccountQuerySet
from accounts.roles import Permission
from accounts.tenancy.context import tenant_context
from accounts.views.book import Book
from accounts.views.chips import chips, column_options
from accounts.views.columns import Column, as_cells, as_rows, heading
from accounts.views.header import offers

CHUNK = 1_000


@require_GET
@requires(Permission.ACCOUNT_VIEW)
def portfolio(request: MemberRequest) -> HttpResponse:
    book = Book(request)
    after = request.GET.get("after", "")
    found = search.page(book.accounts, book.sort, after, book.size)
    now = timezone.localtime()
    context = {
        "book": book,
        "columns": book.columns,
        "rows": as_rows(found.rows, book.columns, calendar.local_today(request.tenant, now), now),
        "next": book.link(after=found.next) if found.next else "",
        "total": _at_first(len(found.rows), bool(found.next)),
    }
    if request.htmx and request.htmx.target == "more":  # type: ignore[attr-defined]
        return render(request, "accounts/portfolio.html#rows", context)
    context |= _frame(request, book, bool(found.rows))
    part = "#list" if request.htmx and not request.htmx.boosted else ""  # type: ignore[attr-defined]
    response = render(request, f"accounts/portfolio.html{part}", context)
    if part:
        response["HX-Push-Url"] = request.path + book.link()
    return response


def _frame(request: MemberRequest, book: Book, found: bool) -> dict[str, Any]:
    """What stands around the rows; for the rows that follow it stands already."""
    shown, more = chips(book)
    return {
        "found": found,
        "heads": [_head(book, column) for column in (Column("name", _("Account"), "name"), *book.columns)],
        "chips": shown,
        "more_chips": more,
        "column_options": column_options(book),
        "errors": [message for messages in book.filter.errors.values() for message in messages],
        "may": offers(request),
        "kinds": KINDS.values() if request.membership.may(Permission.ACCOUNT_EXPORT) else (),
        "may_create": request.membership.may(Permission.ACCOUNT_CREATE),
        "may_import": request.membership.may(Permission.DATA_IMPORT),
        "may_share": request.membership.may(Permission.VIEW_SHARE),
        "form": AssignForm(),
    }


@require_GET
@requires(Permission.ACCOUNT_VIEW)
def total(request: MemberRequest) -> HttpResponse:
    """How many the whole list has and what they pay: counted beside the list, which doesn't wait for it."""
    return render(request, "accounts/_portfolio_total.html", {"total": summary(search.totals(Book(request).accounts))})


def _at_first(rows: int, more: bool) -> str:
    """What a page knows of the whole list by itself: "18 accounts", "50+ accounts"."""
    if not rows:
        return _("No accounts")
    return f"{rows}+ accounts" if more else formats.plural(rows, "account")


def summary(totals: search.Totals) -> str:
    """ "18 accounts, $4.65M ARR"; sums of several currencies stand side by side."""
    if totals.more:
        return f"{totals.count:,}+ accounts"
    sums = sorted(totals.arr.items(), key=lambda pair: -pair[1])
    arr = " + ".join(formats.short_money(minor, currency) for currency, minor in sums)
    return formats.plural(totals.count, "account") + (f", {arr} ARR" if arr else "")


def _head(book: Book, column: Column) -> dict[str, Any]:
    sort = book.sort
    here = bool(column.sort) and column.sort == sort.code
    following = f"-{column.sort}" if here and not sort.down else column.sort
    return {
        "column": column,
        "href": book.link(sort=following) if column.sort else "",
        "aria": ("descending" if sort.down else "ascending") if here else "none",
    }


@require_GET
@requires(Permission.ACCOUNT_EXPORT)
def export(request: MemberRequest) -> HttpResponseBase:
    """What I see, all of it: same filters, same order, same columns. That it was taken out is on record."""
    book, kind = Book(request), downloads.kind_of(request.GET.get("format", ""))
    if kind is None:
        raise Http404("No such format")
    columns, accounts = book.columns, book.accounts
    if any(column.code == "arr" for column in columns):
        columns = [*columns, Column("currency", _("Currency"))]
    head = [_("Account"), *(heading(column) for column in columns)]
    takings.note(book.link(), head, by=request.user)
    rows = (as_cells(row, columns) for row in _every(request.tenant, accounts, book.sort))
    name = downloads.dated("accounts", request.tenant, kind.code)
    return downloads.download(kind.written(head, rows, _("Accounts")), name, kind.media_type)


def _every(tenant: Tenant, accounts: AccountQuerySet, sort: search.Sort) -> Iterator[dict[str, Any]]:
    """The stream is read when the request's transaction is over, so each chunk enters the tenant by itself."""
    after = ""
    while True:
        with tenant_context(tenant):
            found = search.page(accounts, sort, after, CHUNK)
        yield from found.rows
        after = found.next
        if not after:
            return


@require_POST
@requires(Permission.ACCOUNT_ASSIGN)
def assign(request: MemberRequest) -> HttpResponse:
    form = AssignForm(request.POST)
    back = reverse("accounts:portfolio") + "?" + QueryDict(request.POST.get("next", "")).urlencode()
    if not form.is_valid():
        return render(request, "accounts/portfolio_assign.html", {"form": form, "next": back}, status=422)
    ids = visible_accounts(request).filter(pk__in=form.cleaned_data["ids"]).values_list("pk", flat=True)
    owner = None if form.cleaned_data["nobody"] else form.cleaned_data["person"]
    changed = actions.assign(list(ids), by=request.user, **{form.cleaned_data["role"]: owner})
    text = _("%(accounts)s assigned to %(person)s.")
    to = str(owner) if owner else _("nobody")
    messages.success(request, text % {"accounts": formats.plural(changed, "account"), "person": to})
    return redirect(back)
