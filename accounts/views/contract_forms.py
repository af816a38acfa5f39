"""Contracts as somebody writes them: signed, renewed, amended, ended; and what can be edited without moving money."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest, account_or_404, requires
from accounts.actions import contracts as actions
from accounts.actions.errors import Refused
from accounts.calendar import year_after
from accounts.forms.answers import WRONG, attempt
from accounts.forms.contracts import AmendForm, EndForm, TermForm, TermsForm, lines
from accounts.models import Account, Contract, ContractLine
from accounts.roles import Permission
from accounts.views.header import header

FORM = "accounts/contract_form.html"
Said = list[dict[str, Any]]


@require_http_methods(["GET", "POST"])
@requires(Permission.CONTRACT_EDIT)
def sign(request: MemberRequest, pk: int) -> HttpResponse:
    account = account_or_404(request, pk)
    context = _context(request, account, _("Sign a contract"), _("Sign"))
    today = context["head"].today
    start = {"signed_on": today, "start_on": today, "end_on": year_after(today)}
    form = TermForm(request.POST or None, initial=start)

    def act(said: Said) -> Contract:
        return actions.sign(account, form.values, said, by=request.user, today=today)

    return _with_lines(request, context, form, act)


@require_http_methods(["GET", "POST"])
@requires(Permission.CONTRACT_EDIT)
def renew(request: MemberRequest, pk: int) -> HttpResponse:
    contract, account = _found(request, pk)
    context = _context(request, account, _("Renew %(name)s") % {"name": contract.name}, _("Renew"))
    today = context["head"].today
    start = {
        "name": contract.name, "signed_on": today, "start_on": contract.end_on, "end_on": year_after(contract.end_on),
        "auto_renew": contract.auto_renew, "notice_days": contract.notice_days,
    }  # fmt: skip
    form = TermForm(request.POST or None, initial=start)

    def act(said: Said) -> Contract:
        return actions.renew(contract, form.values, said, by=request.user, today=today)

    return _with_lines(request, context, form, act, contract.lines.agreed(), contract.end_on)


@require_http_methods(["GET", "POST"])
@requires(Permission.CONTRACT_EDIT)
def amend(request: MemberRequest, pk: int) -> HttpResponse:
    contract, account = _found(request, pk)
    context = _context(request, account, _("Amend %(name)s") % {"name": contract.name}, _("Amend"))
    context["hint"] = _("From that day these are all the lines of the contract. What you take out ends there.")
    today = context["head"].today
    form = AmendForm(request.POST or None, initial={"on": today, "version": contract.version})

    def act(said: Said) -> Contract:
        given = form.cleaned_data
        return actions.amend(
            contract,
            said,
            on=given["on"],
            reason=given["reason"],
            by=request.user,
            today=today,
            version=given["version"],
        )

    # What an earlier change took out is over; what was sold for a part of the term goes on until its own day.
    return _with_lines(request, context, form, act, contract.lines.filter(end_on__gt=today), contract.end_on)


@require_http_methods(["GET", "POST"])
@requires(Permission.CONTRACT_EDIT)
def end(request: MemberRequest, pk: int) -> HttpResponse:
    contract, account = _found(request, pk)
    context = _context(request, account, _("End %(name)s") % {"name": contract.name}, _("End the contract"))
    today = context["head"].today
    form = EndForm(request.POST or None, initial={"on": contract.end_on, "version": contract.version})

    def act() -> Contract:
        given = form.cleaned_data
        return actions.end(
            contract, on=given["on"], reason=given["reason"], by=request.user, today=today, version=given["version"]
        )

    return _answer(request, context, form, act)


@require_http_methods(["GET", "POST"])
@requires(Permission.CONTRACT_EDIT)
def edit(request: MemberRequest, pk: int) -> HttpResponse:
    contract, account = _found(request, pk)
    context = _context(request, account, _("Edit %(name)s") % {"name": contract.name}, _("Save"))
    form = TermsForm(request.POST or None, row=contract)
    return _answer(
        request, context, form, lambda: actions.edit(contract, form.values, by=request.user, version=form.seen_version)
    )


def _with_lines(
    request: MemberRequest,
    context: dict[str, Any],
    form: forms.Form,
    act: Callable[[Said], Contract],
    start: Iterable[ContractLine] = (),
    term_ends: dt.date | None = None,
) -> HttpResponse:
    """The same for every form with lines: more rows on demand, errors on the line that they are about."""
    more = "more" in request.POST
    rows = lines(request.POST or None, context["account"].currency, start, term_ends=term_ends, more=more)
    context["lines"] = rows

    def whole() -> Contract:
        if not rows.is_valid():
            raise Refused({"": [_("Have another look at the lines.")]})
        try:
            return act(rows.said)
        except Refused as refused:
            raise Refused(rows.show(refused.errors) or {"": [_("Have another look at the lines.")]}) from refused

    if more:
        return render(request, FORM, context | {"form": form})
    return _answer(request, context, form, whole)


def _answer(
    request: MemberRequest, context: dict[str, Any], form: forms.BaseForm, act: Callable[[], Contract]
) -> HttpResponse:
    context["form"] = form
    if request.method == "GET":
        return render(request, FORM, context)
    contract, status = attempt(form, act)
    if contract is None:
        if status == WRONG and "lines" in context:
            context["lines"].is_valid()
        return render(request, FORM, context, status=status)
    text = _("%(name)s: done. ARR and renewal are up to date.")
    messages.success(request, text % {"name": contract.name})
    return redirect("accounts:contract-list", context["account"].pk)


def _context(request: MemberRequest, account: Account, heading: str, label: str) -> dict[str, Any]:
    common = {"heading": heading, "label": label, "section": "contracts", "currency": account.currency}
    return header(request, account) | common


def _found(request: MemberRequest, pk: int) -> tuple[Contract, Account]:
    contract = get_object_or_404(Contract, pk=pk)
    account = account_or_404(request, contract.account_id)
    contract.account = account
    return contract, account
