"""The outbox: written with what caused it, claimed under a lease, sent with no transaction open, marked by its holder.

At least once, with the same id at every try; whoever lost the lease can't say that it was sent.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.models.functions import Now

from accounts import timeline
from accounts.actions.errors import refuse
from accounts.models import Tenant, TenantWork, User
from accounts.tenancy.context import current_tenant_id, tenant_context
from blueprints import sending
from blueprints.actions import answers, hushing
from blueprints.models import Channel, Delivery, DeliveryState, Endpoint, Run

DELIVERIES = "deliveries"
CLAIM_LOCK = 7_203  # names our advisory locks; the second half is the tenant
LEASE = 120  # seconds; longer than a batch may take
LONGEST_BATCH = 30  # seconds; name servers may think longer than any deadline of ours
ROOM = 4  # sent at once to one endpoint; one that fails is tried one by one
BATCHES = 25  # then another tenant's turn comes
MOST_ATTEMPTS = 8
SAID = ("subject", "text", "name")
LATE = sending.Answer(error="No answer in time.", held_up=True)
CUT_OFF = "The sender ended while it sent this, again and again."

# Counting what is on its way keeps a hanging endpoint from filling every worker, however often it is rung.
# Of the mails only the few that are picked are asked for their wording: what is quiet was put off before.
CLAIM = """
WITH ends AS (
    SELECT e.id, CASE WHEN e.failing_since IS NULL THEN %(room)s ELSE 1 END AS room FROM blueprints_endpoint e
    WHERE e.tenant_id = %(tenant)s AND e.active AND (e.resume_at IS NULL OR e.resume_at <= statement_timestamp())
), away AS (
    SELECT endpoint_id, count(*) AS n FROM blueprints_delivery
    WHERE tenant_id = %(tenant)s AND state = 'sending' AND lease_until > statement_timestamp() GROUP BY endpoint_id
), wired AS (
    SELECT d.id FROM ends LEFT JOIN away ON away.endpoint_id = ends.id, LATERAL (
        SELECT id FROM blueprints_delivery d WHERE d.tenant_id = %(tenant)s AND d.endpoint_id = ends.id
            AND d.state IN ('waiting', 'sending') AND d.due_at <= statement_timestamp()
        ORDER BY due_at, id LIMIT greatest(ends.room - coalesce(away.n, 0), 0) FOR UPDATE SKIP LOCKED) d
), mailed AS (
    SELECT id FROM blueprints_delivery d WHERE d.tenant_id = %(tenant)s AND d.endpoint_id IS NULL
        AND d.state IN ('waiting', 'sending') AND d.due_at <= statement_timestamp()
        AND (%(quiet)s::bigint[] = '{}' OR coalesce((SELECT r.version_id FROM blueprints_run r
            WHERE r.tenant_id = d.tenant_id AND r.id = d.run_id) <> ALL(%(quiet)s::bigint[]), true))
    ORDER BY due_at, id
    LIMIT greatest(%(room)s - coalesce((SELECT n FROM away WHERE endpoint_id IS NULL), 0), 0) FOR UPDATE SKIP LOCKED
)
UPDATE blueprints_delivery d SET state = 'sending', lease = %(lease)s, attempts = d.attempts + 1,
    lease_until = statement_timestamp() + %(seconds)s * interval '1 second',
    due_at = statement_timestamp() + %(seconds)s * interval '1 second'
FROM (SELECT id FROM wired UNION ALL SELECT id FROM mailed) picked, blueprints_delivery held
LEFT JOIN blueprints_endpoint e ON e.tenant_id = held.tenant_id AND e.id = held.endpoint_id
WHERE d.tenant_id = %(tenant)s AND d.id = picked.id AND held.tenant_id = d.tenant_id AND held.id = d.id
RETURNING d.id, d.uid, d.attempts, d.channel, d."to", d.payload, e.url, e.secret
"""

log = structlog.get_logger()


@dataclass(frozen=True)
class Parcel:
    """A claimed delivery with all that sending needs, so that nothing is read while the other side thinks."""

    pk: int
    uid: str
    attempts: int
    channel: str
    to: str
    payload: Mapping[str, Any]
    url: str | None
    secret: str | None
    lease: uuid.UUID


def mail(run: Run, step: int, drafts: Sequence[Mapping[str, Any]]) -> list[int]:
    """One delivery for each draft; answers go to the account's CSM."""
    csm = run.account.csm
    rows = [
        Delivery(
            run=run, step=step, place=place, account_id=run.account_id, channel=Channel.EMAIL, to=draft["to"],
            payload={name: draft[name] for name in SAID} | {"reply_to": csm.email if csm else ""},
        )
        for place, draft in enumerate(drafts)
    ]  # fmt: skip
    made = Delivery.objects.bulk_create(rows)
    ring()
    return [delivery.pk for delivery in made]


def wire(run: Run | None, step: int, endpoint: Endpoint, channel: Channel, payload: Mapping[str, Any]) -> int:
    account_id = run.account_id if run else None
    row = Delivery(run=run, step=step, account_id=account_id, channel=channel, endpoint=endpoint, payload=payload)
    return wires([row])[0]


def wires(rows: Sequence[Delivery]) -> list[int]:
    """Ids of these messages to endpoints, in their order."""
    if not rows:
        return []
    made = Delivery.objects.bulk_create(rows)
    ring()
    return [delivery.pk for delivery in made]


def ring(due_at: dt.datetime | None = None) -> None:
    timeline.ring(DELIVERIES, due_at)


@transaction.atomic
def send_again(delivery: Delivery, *, by: User) -> None:
    """One that was given up is tried once more from the start, under the same id."""
    values = {"state": DeliveryState.WAITING, "attempts": 0, "due_at": Now(), "lease": None, "lease_until": None}
    if not Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.DEAD).update(**values):
        raise refuse("", "Only what was given up can be sent again.")
    delivery.refresh_from_db()
    timeline.record(
        "delivery.sent_again", account=delivery.account, by=by, delivery_id=delivery.pk, uid=str(delivery.uid)
    )
    ring()


def waiting_tenants() -> list[int]:
    due = TenantWork.objects.filter(kind=DELIVERIES, due_at__lte=Now())
    return list(due.order_by("tenant_id").values_list("tenant_id", flat=True).distinct())


def send_due(tenant_id: int) -> int:
    """How many were tried; nothing where this tenant is gone."""
    if not Tenant.objects.filter(pk=tenant_id).exists():
        return 0
    with tenant_context(tenant_id):
        notes = list(_notes().values_list("pk", flat=True))
    tried = 0
    for batch in range(BATCHES):
        parcels = _claim(tenant_id, first=batch == 0)
        if not parcels:
            break
        _send_all(tenant_id, parcels)
        tried += len(parcels)
    _note_the_rest(tenant_id, notes)
    return tried


def _claim(tenant_id: int, *, first: bool = True) -> list[Parcel]:
    """A few for each endpoint, ours until the lease ends. One claim at a time in a tenant, so that the room holds.

    The first one puts off what is quiet; what comes due or falls quiet after it is passed over until the next ring.
    """
    lease = uuid.uuid4()
    params: dict[str, Any] = {"tenant": tenant_id, "room": ROOM, "lease": str(lease), "seconds": LEASE}
    with tenant_context(tenant_id), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, hashint8(%s))", [CLAIM_LOCK, tenant_id])
        if not cursor.fetchone()[0]:
            return []
        quiet = hushing.ends()
        if first:
            hushing.put_off(quiet)
        params["quiet"] = list(quiet)
        cursor.execute(CLAIM, params)
        return [_read(row, lease) for row in cursor.fetchall()]


def _read(row: Sequence[Any], lease: uuid.UUID) -> Parcel:
    pk, uid, attempts, channel, to, payload, url, secret = row
    said = payload if isinstance(payload, dict) else json.loads(payload)
    return Parcel(pk, str(uid), attempts, channel, to, said, url, secret, lease)


def _send_all(tenant_id: int, parcels: Sequence[Parcel]) -> None:
    """At once, so that one that hangs holds up nobody; each is marked as soon as its answer is there."""
    pool = ThreadPoolExecutor(len(parcels), thread_name_prefix="sending")
    try:
        left: dict[Future[sending.Answer], Parcel] = {pool.submit(_send, parcel): parcel for parcel in parcels}
        pending = set(left)
        while pending:
            done, pending = wait(pending, timeout=LONGEST_BATCH, return_when="FIRST_COMPLETED")
            for future in done:
                answers.mark(tenant_id, left[future].pk, left[future].lease, _answer(future))
            if not done:
                break
        for future in pending:
            answers.mark(tenant_id, left[future].pk, left[future].lease, LATE)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _answer(future: Future[sending.Answer]) -> sending.Answer:
    problem = future.exception()
    if problem is None:
        return future.result()
    log.error("delivery failed", error=type(problem).__name__)
    return sending.Answer(error=f"{type(problem).__name__}: {problem}")


def _send(parcel: Parcel) -> sending.Answer:
    """Runs in a thread of its own and touches no table."""
    if parcel.attempts > MOST_ATTEMPTS:
        return sending.Answer(error=CUT_OFF)
    said = parcel.payload
    if parcel.channel == Channel.EMAIL:
        return sending.mail(
            parcel.to, said["subject"], said["text"], uid=parcel.uid, reply_to=said.get("reply_to", "")
        )  # fmt: skip
    body = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    headers = {"Content-Type": "application/json"}
    if parcel.channel == Channel.WEBHOOK:
        try:
            headers |= sending.signed(sending.unseal(parcel.secret or ""), parcel.uid, body)
        except sending.Unreadable as problem:
            return sending.Answer(error=str(problem))
    return sending.post(parcel.url or "", body, headers)


def _notes() -> Any:
    return TenantWork.objects.filter(tenant_id=current_tenant_id(), kind=DELIVERIES, due_at__lte=Now())


def _note_the_rest(tenant_id: int, notes: Sequence[int]) -> None:
    """One note for the next that can be sent, instead of those that led here."""
    with tenant_context(tenant_id):
        TenantWork.objects.filter(pk__in=notes).delete()
        if next_at := answers.next_due():
            ring(next_at)
