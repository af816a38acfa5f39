"""What the other side said: a delivery marked sent, put off or given up; an endpoint that fails held back."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import structlog
from django.db import connection
from django.db.models import DateTimeField, F, Func, Q
from django.db.models.functions import Coalesce, Now

from accounts import timeline
from accounts.tenancy.context import current_tenant_id, tenant_context
from blueprints.actions import notices
from blueprints.models import Channel, Delivery, DeliveryState, Endpoint, RunState
from blueprints.sending import GONE, Answer

SECOND = dt.timedelta(seconds=1)
# After the first try at once, then later and later: a day and a half in all.
DELAYS = [5, 300, 1_800, 7_200, 18_000, 36_000, 36_000]
LONGEST_WISH = 86_400  # seconds; what another system asks for by Retry-After counts up to a day
GIVEN_UP_AFTER = dt.timedelta(days=5)
LONGEST_ERROR = 500
ENDED = (RunState.UNDONE, RunState.LEFT)
# Half as long as it has failed, so that it is asked less and less often: from a second, since one that fails now and
# then must not hold up what comes faster than its faults, to 5 minutes.
PAUSE = """statement_timestamp() + greatest(interval '1 second',
    least(interval '5 minutes', (statement_timestamp() - failing_since) / 2))"""
NEXT = """
SELECT min(greatest(d.due_at, coalesce(e.resume_at, d.due_at))) FROM blueprints_delivery d
LEFT JOIN blueprints_endpoint e ON e.tenant_id = d.tenant_id AND e.id = d.endpoint_id
WHERE d.tenant_id = %s AND d.state IN ('waiting', 'sending') AND (e.id IS NULL OR e.active)
"""

log = structlog.get_logger()


def mark(tenant_id: int, pk: int, lease: uuid.UUID, answer: Answer) -> None:
    """Writes what came of the delivery, where the lease is still ours."""
    with tenant_context(tenant_id):
        held = Delivery.objects.filter(pk=pk, lease=lease, state=DeliveryState.SENDING)
        delivery = held.select_for_update(of=("self",)).select_related("run", "account", "endpoint").first()
        if delivery is None:
            log.warning("lease lost", delivery_id=pk)
        elif answer.arrived:
            _sent(delivery, answer)
        else:
            _failed(delivery, answer)


def next_due() -> dt.datetime | None:
    """When something can be sent next; what waits for an endpoint that is off waits for a person."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [current_tenant_id()])
        found: dt.datetime | None = cursor.fetchone()[0]
    return found


def _write(delivery: Delivery, answer: Answer, **values: Any) -> None:
    said = {"status": answer.status, "last_error": answer.error[:LONGEST_ERROR], "lease": None, "lease_until": None}
    Delivery.objects.filter(pk=delivery.pk).update(**said | values)


def _sent(delivery: Delivery, answer: Answer) -> None:
    _write(delivery, answer, state=DeliveryState.SENT, sent_at=Now())
    if delivery.endpoint_id:
        failing = Endpoint.objects.filter(Q(failing_since__isnull=False) | Q(resume_at__isnull=False))
        failing.filter(pk=delivery.endpoint_id).update(failing_since=None, resume_at=None)
    if delivery.channel == Channel.EMAIL:
        said: dict[str, Any] = {
            "to": delivery.payload.get("name") or delivery.to,
            "subject": delivery.payload["subject"],
        }
        timeline.record("email.sent", account=delivery.account, by=None, delivery_id=delivery.pk, **said)


def _failed(delivery: Delivery, answer: Answer) -> None:
    if delivery.run is not None and delivery.run.state in ENDED:
        _write(delivery, answer, state=DeliveryState.CANCELED)
    elif delivery.attempts > len(DELAYS):
        _write(delivery, answer, state=DeliveryState.DEAD)
        about: dict[str, Any] = {"channel": delivery.get_channel_display(), "error": answer.error[:LONGEST_ERROR]}
        timeline.record("delivery.given_up", account=delivery.account, by=None, delivery_id=delivery.pk, **about)
    else:
        wished = min(answer.retry_after or 0, LONGEST_WISH)
        delay = max(DELAYS[delivery.attempts - 1], wished) * SECOND
        _write(delivery, answer, state=DeliveryState.WAITING, due_at=Now() + delay)
    if delivery.endpoint is not None:
        _note_failure(delivery.endpoint, answer)


def _note_failure(endpoint: Endpoint, answer: Answer) -> None:
    mine = Endpoint.objects.filter(pk=endpoint.pk)
    mine.update(failing_since=Coalesce(F("failing_since"), Now()))
    if answer.held_up:
        wished = Now() + min(answer.retry_after or 0, LONGEST_WISH) * SECOND
        mine.update(resume_at=Func(_pause(), wished, function="GREATEST", output_field=DateTimeField()))
    for_days = Q(failing_since__lt=Now() - GIVEN_UP_AFTER)
    given_up = Q() if answer.status == GONE else for_days
    if mine.filter(given_up, active=True).update(active=False, version=F("version") + 1):
        _tell_switched_off(endpoint, answer)


def _pause() -> Func:
    return Func(template=PAUSE, output_field=DateTimeField())


def _tell_switched_off(endpoint: Endpoint, answer: Answer) -> None:
    """What waits for this endpoint stays until it is switched on."""
    reason = "says that it is gone for good" if answer.status == GONE else "has failed for five days"
    notices.tell_editors(f"The endpoint “{endpoint}” {reason} and was switched off. {answer.error}")
    timeline.record("endpoint.stopped", by=None, endpoint_id=endpoint.pk, name=endpoint.name, reason=answer.error)
