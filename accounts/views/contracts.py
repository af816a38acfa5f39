"""The contracts of an account and the ledger under them."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import MemberRequest, account_or_404, requires
from accounts.roles import Permission
from accounts.views.contract_terms import terms
from accounts.views.header import header
from accounts.views.ledger import statement


@require_GET
@requires(Permission.ACCOUNT_VIEW)
def index(request: MemberRequest, pk: int) -> HttpResponse:
    account = account_or_404(request, pk)
    context = header(request, account)
    today = context["head"].today
    context |= {"terms": terms(account, today), "statement": statement(account, today)}
    return render(request, "accounts/contract_list.html", context)
