"""The HTTP tracking API that analytics libraries speak: one event or a batch, taken before it is acknowledged."""

from __future__ import annotations

import orjson
import structlog
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from accounts.tenancy.context import tenant_context
from metrics.usage import envelopes, messages
from metrics.usage.actions import receiving, write_keys
from metrics.usage.actions.write_keys import Sender
from metrics.usage.envelopes import SINGLE, Envelope, Unreadable

BATCH = {"batch", "import"}
ANYBODY = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "POST, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Content-Encoding",
    "Access-Control-Max-Age": "86400",
}
log = structlog.get_logger()


@csrf_exempt
@transaction.non_atomic_requests
def receive(request: HttpRequest, kind: str) -> HttpResponse:
    """A browser may send from any page: the key says which workspace, and nothing is ever read here."""
    if kind not in SINGLE and kind not in BATCH:
        raise Http404("There is nothing at this address.")
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers=ANYBODY)
    if request.method != "POST":
        return _answer({"success": False, "message": "Send it with POST."}, 405)
    try:
        return _taken_in(request, "batch" if kind in BATCH else kind)
    except Unreadable as unreadable:
        return _answer({"success": False, "message": str(unreadable)}, unreadable.status)
    except (DatabaseError, InterfaceError) as error:
        log.error("usage not taken", error=type(error).__name__)
        connection.close_if_unusable_or_obsolete()
        return _answer({"success": False, "message": "Nothing was taken; send it again shortly."}, 503)


def _taken_in(request: HttpRequest, kind: str) -> HttpResponse:
    if int(request.headers.get("Content-Length") or 0) > envelopes.LARGEST_CALL:
        raise Unreadable(f"A call holds at most {envelopes.LARGEST_CALL // 1024} KB: send fewer events at once.", 413)
    body = envelopes.unpacked(request.body, request.headers.get("Content-Encoding", "").strip().lower())
    envelope = envelopes.opened(body, kind)
    secret = envelopes.basic_user(request.headers.get("Authorization", "")) or envelope.write_key
    sender = write_keys.sender_of(secret)
    try:
        if sender is not None:
            return _answer(_committed(sender, envelope))
    except receiving.Revoked:
        pass
    raise Unreadable("This write key is unknown or was revoked: send it as the user of HTTP Basic.", 401)


def _committed(sender: Sender, envelope: Envelope) -> dict[str, object]:
    """What is answered, once the transaction is through."""
    now = timezone.now()
    with structlog.contextvars.bound_contextvars(tenant=sender.tenant.slug), tenant_context(sender.tenant):
        taken = messages.read(envelope, now=now, oldest=receiving.first_whole_day(now))
        receiving.receive(sender.tenant, taken, key=sender.key)
    if not taken.refused:
        return {"success": True}
    named = [{"index": r.index, "messageId": r.message_id or None, "reason": r.reason} for r in taken.refused]
    return {"success": True, "refused": named}


def _answer(body: dict[str, object], status: int = 200) -> HttpResponse:
    headers = ANYBODY | ({"Retry-After": "5"} if status == 503 else {})
    if status == 401:
        headers["WWW-Authenticate"] = 'Basic realm="usage"'
    return HttpResponse(orjson.dumps(body), status=status, content_type="application/json", headers=headers)
