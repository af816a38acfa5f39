"""What the settings' pages of usage stand in, and how figures read."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.access import MemberRequest
from accounts.roles import Permission
from accounts.views.settings_map import tabs


def show(request: MemberRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    common = {
        "tabs": tabs(request),
        "may_edit": request.membership.may(Permission.USAGE_EDIT),
        "may_keys": request.membership.may(Permission.KEY_MANAGE),
    }
    return render(request, f"usage/settings/{template}", common | context, status=status)


def host_of(request: HttpRequest) -> str:
    """Where senders send to: the host that this page came from."""
    return f"{request.scheme}://{request.get_host()}"


def amount(value: float | None) -> str:
    """1234.5 as 1,234.5; small numbers keep a decimal, large ones don't."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:,.1f}"
