"""What left the house, what waits, and what was given up: with its last error and another try."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.access import MemberRequest, requires
from accounts.actions.errors import Refused
from accounts.models import Account
from accounts.roles import Permission
from blueprints.actions import deliveries
from blueprints.models import Delivery
from blueprints.models.outbox import DeliveryQuerySet
from blueprints.views.places import last_seen
from blueprints.views.runs import when

PAGE = 50
TABS = (
    ("all", gettext_lazy("All")), ("waiting", gettext_lazy("Waiting")), ("sent", gettext_lazy("Sent")),
    ("dead", gettext_lazy("Given up")), ("canceled", gettext_lazy("Canceled")),
)  # fmt: skip
TONES = {"waiting": "accent", "sending": "accent", "sent": "green", "dead": "red", "canceled": ""}


@require_GET
@requires(Permission.PLAY_VIEW)
def delivery_list(request: MemberRequest) -> HttpResponse:
    tab = request.GET.get("tab", "")
    tab = tab if tab in dict(TABS) else "all"
    rows = _of(visible(request), tab)
    if (after := last_seen(request)) and (last := rows.filter(pk=after).first()):
        rows = rows.filter(created_at__lte=last.created_at).filter(
            Q(created_at__lt=last.created_at) | Q(pk__lt=last.pk)
        )
    found = list(rows.select_related("account", "endpoint", "run__play")[: PAGE + 1])
    counted = visible(request).order_by().values("state").annotate(n=Count("pk")).values_list("state", "n")
    context = {
        "rows": [_row(request, delivery) for delivery in found[:PAGE]],
        "next": found[PAGE - 1].pk if len(found) > PAGE else None,
        "tab": tab,
        "tabs": TABS,
        "dead": dict(counted).get("dead", 0),
        "may_edit": request.membership.may(Permission.PLAY_EDIT),
    }
    return render(request, "blueprints/deliveries.html", context)


def visible(request: MemberRequest) -> DeliveryQuerySet:
    rows: DeliveryQuerySet = Delivery.objects.filter(
        Q(account=None) | Q(account__in=Account.objects.visible_to(request.membership))
    )
    return rows


def _of(rows: DeliveryQuerySet, tab: str) -> DeliveryQuerySet:
    if tab == "all":
        return rows
    return rows.filter(state__in=["waiting", "sending"] if tab == "waiting" else [tab])


def _row(request: MemberRequest, delivery: Delivery) -> dict[str, Any]:
    said = delivery.payload.get("subject") or delivery.payload.get("text") or delivery.payload.get("type", "")
    return {
        "delivery": delivery,
        "tone": TONES[delivery.state],
        "to": delivery.endpoint.name if delivery.endpoint else delivery.payload.get("name") or delivery.to,
        "said": said,
        "created": when(request, delivery.created_at),
        "next": when(request, delivery.due_at) if delivery.state == "waiting" else "",
        "is_dead": delivery.state == "dead",
    }


@require_POST
@requires(Permission.PLAY_EDIT)
def delivery_again(request: MemberRequest, pk: int) -> HttpResponse:
    delivery = visible(request).filter(pk=pk).first()
    if delivery is None:
        raise Http404("No such delivery")
    try:
        deliveries.send_again(delivery, by=request.user)
        messages.success(request, _("It is sent again within seconds, under the same id."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("blueprints:delivery-list")
