"""Where every combobox asks: at most twenty choices for what was typed, never a whole workspace's names."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts import search
from accounts.access import MemberRequest, requires, visible_accounts
from accounts.models import Membership, Product, Team
from accounts.roles import Permission

MOST = 20
LONGEST = 100


@require_GET
@requires(Permission.ACCOUNT_VIEW)
def member_options(request: MemberRequest) -> HttpResponse:
    people = Membership.objects.here().active().select_related("user").order_by("user__name")
    words = _words(request)
    found = people.filter(Q(user__name__icontains=words) | Q(user__email__icontains=words))[:MOST]
    return _options(request, ((m.user_id, str(m.user), m.role_label) for m in found))


@require_GET
@requires(Permission.ACCOUNT_VIEW)
def account_options(request: MemberRequest) -> HttpResponse:
    accounts = visible_accounts(request).order_by("name", "id")
    if words := _words(request):
        accounts = search.accounts_named(accounts, words)
    rows = accounts.values_list("pk", "name", "domain")[:MOST]
    return _options(request, rows)


@require_GET
@requires(Permission.ACCOUNT_VIEW)
def team_options(request: MemberRequest) -> HttpResponse:
    teams = Team.objects.filter(name__icontains=_words(request)).values_list("pk", "name", "manager__name")[:MOST]
    return _options(request, ((pk, name, manager or "") for pk, name, manager in teams))


@require_GET
@requires(Permission.ACCOUNT_VIEW)
def product_options(request: MemberRequest) -> HttpResponse:
    words = _words(request)
    products = Product.objects.filter(active=True).filter(Q(name__icontains=words) | Q(code__icontains=words))
    return _options(request, products.values_list("pk", "name", "code")[:MOST])


@require_GET
@requires(Permission.ACCOUNT_VIEW)
def segment_options(request: MemberRequest) -> HttpResponse:
    return _words_of(request, "segment")


@require_GET
@requires(Permission.ACCOUNT_VIEW)
def region_options(request: MemberRequest) -> HttpResponse:
    return _words_of(request, "region")


@require_GET
@requires(Permission.ACCOUNT_VIEW)
def industry_options(request: MemberRequest) -> HttpResponse:
    return _words_of(request, "industry")


def _words_of(request: MemberRequest, field: str) -> HttpResponse:
    """The words that accounts use in this field; they are their own ids."""
    used = visible_accounts(request).exclude(**{field: ""}).filter(**{f"{field}__icontains": _words(request)})
    words = used.order_by(field).values_list(field, flat=True).distinct()[:MOST]
    return _options(request, ((word, word, "") for word in words))


def _words(request: MemberRequest) -> str:
    return request.GET.get("q", "").strip().replace("\0", "")[:LONGEST]


def _options(request: MemberRequest, found: Iterable[tuple[object, str, str]]) -> HttpResponse:
    options = [{"value": value, "label": label, "hint": hint} for value, label, hint in found]
    return render(request, "accounts/options.html", {"options": options})
