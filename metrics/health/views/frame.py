"""What the settings' pages of health stand in."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts import formats
from accounts.access import MemberRequest
from accounts.actions.errors import Refused
from accounts.roles import Permission
from accounts.views.settings_map import tabs
from metrics.health.models import HealthVersion, State


def show(request: MemberRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    common = {"tabs": tabs(request), "may_edit": request.membership.may(Permission.HEALTH_EDIT)}
    return render(request, f"health/settings/{template}", common | context, status=status)


def version_or_404(pk: int) -> HealthVersion:
    return get_object_or_404(HealthVersion.objects.select_related("model", "published_by", "created_by"), pk=pk)


def draft_or_404(pk: int) -> HealthVersion:
    rows = HealthVersion.objects.select_related("model", "created_by").filter(state=State.DRAFT)
    return get_object_or_404(rows, pk=pk)


def digits(request: MemberRequest) -> int:
    """People type whole units of the workspace's money; facts keep its smallest."""
    return formats.DIGITS.get(request.tenant.currency, formats.USUAL_DIGITS)


def words_of(refused: Refused) -> str:
    return " ".join(text for texts in refused.errors.values() for text in texts)
