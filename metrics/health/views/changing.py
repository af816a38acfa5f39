"""What holds at once for whoever is scored: asked back with who would change band, before it is done."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpResponse
from django.urls import reverse

from accounts.access import MemberRequest, visible_accounts
from accounts.calendar import local_today
from metrics.health import live, previewing
from metrics.health.models import Decision, HealthModel, SignOff, State
from metrics.health.sql import Line
from metrics.health.views.frame import show

SURE = "sure"
ORDER = "order"
KEPT_BACK = (SURE, ORDER, "csrfmiddlewaretoken")


def asked(
    request: MemberRequest, model: HealthModel, lines: Sequence[Line], order: Sequence[int] = ()
) -> HttpResponse | None:
    """The page that asks, or None: it was confirmed, or no version of the model scores anybody.

    `order` are the models' ids as they stand: what is confirmed holds only as long as they do.
    """
    version = model.versions.filter(state=State.PUBLISHED).first()
    if version is None or model.archived_at is not None or request.POST.get(SURE) == "yes":
        return None
    found = previewing.scored(lines, live.inputs(), today=local_today(request.tenant), name=version.name)
    said = [(name, value) for name in request.POST if name not in KEPT_BACK for value in request.POST.getlist(name)]
    if order:
        said.append((ORDER, told(order)))
    signed = SignOff.objects.filter(of=version, decision=Decision.SIGNED).select_related("asked")
    return show(request, "changing.html", {
        "model": model, "version": version, "found": found.naming(visible_accounts(request)), "signed": signed,
        "said": said, "back": reverse("health:model-list"),
    })  # fmt: skip


def told(order: Sequence[int]) -> str:
    """As a form carries it along."""
    return ",".join(map(str, order))
