"""What the settings' pages of health stand in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts import formats
from accounts.access import MemberRequest, visible_accounts
from accounts.calendar import local_today
from accounts.roles import Permission
from accounts.views.settings_map import tabs
from metrics.health import definitions, previewing
from metrics.health.models import HealthVersion, State


def show(request: MemberRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    common = {"tabs": tabs(request), "may_edit": request.membership.may(Permission.HEALTH_EDIT)}
    return render(request, f"health/settings/{template}", common | context, status=status)


def version_or_404(pk: int) -> HealthVersion:
    return get_object_or_404(HealthVersion.objects.select_related("model", "published_by", "created_by"), pk=pk)


def draft_or_404(pk: int) -> HealthVersion:
    rows = HealthVersion.objects.select_related("model", "created_by").filter(state=State.DRAFT)
    return get_object_or_404(rows, pk=pk)


def previewed(
    request: MemberRequest, row: HealthVersion, definition: definitions.Raw, problems: Sequence[Any]
) -> HttpResponse:
    """Whom this would change, or why it can't be said; names are of accounts that the reader may see."""
    context: dict[str, Any] = {"problems": problems}
    if not problems:
        found = previewing.preview(row.model, definition, today=local_today(request.tenant))
        context["found"] = found.naming(visible_accounts(request))
    return render(request, "health/settings/_preview.html", context)


def digits(request: MemberRequest) -> int:
    """People type whole units of the workspace's money; facts keep its smallest."""
    return formats.DIGITS.get(request.tenant.currency, formats.USUAL_DIGITS)
