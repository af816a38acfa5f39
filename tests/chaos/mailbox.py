"""The other side of webhooks in a chaos run: refuses, takes without an answer, and remembers every id that came."""

from __future__ import annotations

import datetime as dt
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from django.db.models.functions import Now

from accounts.tenancy.context import tenant_context
from blueprints.actions import deliveries
from blueprints.models import Delivery, DeliveryState, Endpoint

OPEN = [DeliveryState.WAITING, DeliveryState.SENDING]
# So long a worker gets for one message before we say that it died with it.
IN_HAND = dt.timedelta(seconds=5)


class Mailbox:
    """Of eight messages it refuses one at first, and takes another without saying so; the others it takes at once."""

    def __init__(self) -> None:
        self.tries, self.taken, self.count = Counter(), Counter(), Counter()
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/in"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        mailbox = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                said = mailbox.take(self.headers["webhook-id"])
                if said:
                    self.send_response(said)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                self.close_connection = True

            def log_message(self, *args):
                return

        return Handler

    def take(self, uid: str) -> int:
        """What it answers; 0: nothing."""
        with self._lock:
            self.tries[uid] += 1
            mood = int(uid.replace("-", ""), 16) % 8 if self.tries[uid] == 1 else 2
            if mood == 0:
                self.count["deliveries refused"] += 1
                return 503
            self.taken[uid] += 1
            self.count["answers dropped"] += mood == 1
            return 0 if mood == 1 else 200


def time_passes(tenant) -> int:
    """Minutes of waiting go by: pauses end, and so do the leases of those who died. How many are left to send.

    Like everybody who takes many of these rows it passes over those in other hands (a worker that marks an answer
    holds its delivery and waits for the endpoint), and leaves alone what a worker may take as it is.
    """
    with tenant_context(tenant):
        left = Delivery.objects.filter(state__in=OPEN).count()
        if left:
            _of_nobody(Endpoint.objects.exclude(resume_at=None)).update(resume_at=None)
    with tenant_context(tenant):
        later = Delivery.objects.filter(state=DeliveryState.WAITING, due_at__gt=Now())
        _of_nobody(later).update(due_at=Now())
        old = Now() + dt.timedelta(seconds=deliveries.LEASE) - IN_HAND
        died = _of_nobody(Delivery.objects.filter(state=DeliveryState.SENDING, lease_until__lt=old))
        died.update(due_at=Now(), lease_until=Now())
        if left:
            deliveries.ring()
    return left


def _of_nobody(rows):
    held = rows.order_by("pk").select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)
    return rows.model.objects.filter(pk__in=list(held))


def found(tenant, expected: int, mailbox: Mailbox) -> dict[str, int]:
    """Held against what came in: each message is one row, arrived at least once, and under its own id alone."""
    with tenant_context(tenant):
        rows = Delivery.objects.order_by()
        uids = {str(uid) for uid in rows.values_list("uid", flat=True)}
        twice = rows.count() - rows.values("run", "step").distinct().count()
        unsent = rows.exclude(state=DeliveryState.SENT).count()
        again = rows.filter(attempts__gt=1).count()
    return {
        "expected": expected, "present": len(uids), "lost": expected - len(uids & mailbox.taken.keys()),
        "doubled": twice, "unsent": unsent, "tried_again": again,
    }  # fmt: skip
