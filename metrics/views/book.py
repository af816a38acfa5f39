"""Figures on other rooms' pages."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts import formats
from accounts.access import MemberRequest, requires, visible_accounts
from accounts.calendar import local_today
from accounts.roles import Permission
from metrics.reports.book import Book, book
from metrics.revenue import percent


@require_GET
@requires(Permission.ACCOUNT_VIEW)
def book_figures(request: MemberRequest) -> HttpResponse:
    """Loaded after the page: sums over every account have no place in the list's own time."""
    figures = book(visible_accounts(request), currency=request.tenant.currency, today=local_today(request.tenant))
    return render(request, "metrics/_book_figures.html", {"figures": _preformatted(figures)})


def _preformatted(figures: Book) -> list[dict[str, str]]:
    others = f" · {figures.other_currencies} in other currencies" if figures.other_currencies else ""
    return [
        {
            "label": "Book ARR",
            "value": formats.short_money(figures.arr_minor, figures.currency),
            "hint": f"all {figures.accounts:,} accounts you see{others}",
        },
        {"label": "Net retention", "value": percent(figures.retention.net), "hint": "closed cohort, 12 months"},
        {"label": "Gross retention", "value": percent(figures.retention.gross), "hint": "closed cohort, 12 months"},
        {
            "label": "Renewing in 90 days",
            "value": formats.short_money(figures.renewing_minor, figures.currency),
            "hint": f"{figures.renewing:,} accounts",
        },
        {"label": "In onboarding", "value": f"{figures.onboarding:,}", "hint": "accounts before First Impact"},
    ]
