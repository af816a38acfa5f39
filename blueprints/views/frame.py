"""What the settings' pages of plays stand in."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from accounts.access import MemberRequest
from accounts.roles import Permission
from accounts.views.settings_map import tabs


def show(request: MemberRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    common = {"tabs": tabs(request), "may_edit": request.membership.may(Permission.PLAY_EDIT)}
    return render(request, f"blueprints/settings/{template}", common | context, status=status)
