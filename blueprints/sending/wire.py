"""Messages over HTTP: resolved once, judged, connected to what was judged, and cut off when time is up."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import requests
from django.conf import settings
from requests_hardened import Config, HTTPSession
from requests_hardened.ip_filter import InvalidIPAddress
from requests_hardened.ip_filter_adapter import IPFilterAdapter
from standardwebhooks import Webhook
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError

from blueprints.sending.addresses import Refused, checked, is_public
from blueprints.sending.answer import Answer
from blueprints.sending.deadline import Deadline, watched

DEADLINE = 10.0  # seconds for all of it; the library's own are for each piece that comes
MOST_READ = 64 * 1024


class _Http(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return watched(super()._new_conn())


class _Https(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return watched(super()._new_conn())


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _Http


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _Https


class _Adapter(IPFilterAdapter):
    """Resolves once and connects to what it judged: a name that says something else a moment later changes nothing."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _HttpPool, "https": _HttpsPool}

    def build_connection_pool_key_attributes(self, *args: Any, **kwargs: Any) -> Any:
        host_params, pool_kwargs = super().build_connection_pool_key_attributes(*args, **kwargs)
        address = ipaddress.ip_address(str(host_params["host"]).strip("[]"))
        if not is_public(address) and not (address.is_loopback and settings.OUTBOUND_LOOPBACK):
            raise InvalidIPAddress(address)
        return host_params, pool_kwargs


def post(url: str, body: str, headers: dict[str, str], *, deadline: float = DEADLINE) -> Answer:
    """One try. Never raises for what the other side does, or for where the address leads."""
    try:
        checked(url)
    except Refused as problem:
        return Answer(error=str(problem))
    with Deadline(deadline) as clock:
        try:
            return _answer(url, body, headers, clock)
        except InvalidIPAddress:
            return Answer(error="The address leads into a private network.")
        except (requests.RequestException, HTTPError, OSError, ValueError) as problem:
            if clock.passed or isinstance(problem, requests.Timeout):
                return Answer(error=f"No answer within {deadline:g} seconds.", held_up=True)
            return Answer(error=f"No connection: {type(problem).__name__}.", held_up=True)


def _answer(url: str, body: str, headers: dict[str, str], clock: Deadline) -> Answer:
    sent = {"data": body.encode(), "headers": headers, "stream": True}
    with _session(clock.seconds) as session, session.post(url, **sent) as said:
        if clock.passed:  # cut off among the headers, which looks like their end
            raise requests.Timeout
        status, retry_after = said.status_code, _seconds(said.headers.get("Retry-After"))
        with contextlib.suppress(HTTPError, OSError):  # what it says beside is read, since some need to say it
            said.raw.read(MOST_READ)
    if 200 <= status < 300:
        return Answer(status)
    if 300 <= status < 400:
        return Answer(status, f"It redirects ({status}), which isn’t followed.")
    return Answer(status, f"It answered {status}.", status == 429 or status >= 500, retry_after)


def _session(deadline: float) -> HTTPSession:
    loopback = settings.OUTBOUND_LOOPBACK
    session = HTTPSession(
        Config(
            ip_filter_enable=True, ip_filter_allow_loopback_ips=loopback, never_redirect=True,
            default_timeout=(min(5.0, deadline), deadline), user_agent_override="CSOM",
        )
    )  # fmt: skip
    session.trust_env = False  # no proxies, no netrc
    session.mount("http://", _Adapter(is_https_proto=False, allow_loopback=loopback))
    session.mount("https://", _Adapter(is_https_proto=True, allow_loopback=loopback))
    return session


def _seconds(said: str | None) -> int | None:
    """Retry-After as seconds or as a date."""
    if not said:
        return None
    if said.strip().isdigit() and len(said.strip()) < 9:
        return int(said.strip())
    try:
        until = parsedate_to_datetime(said)
    except ValueError:
        return None
    return max(0, round((until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC)).total_seconds()))


def signed(secret: str, uid: str, body: str) -> dict[str, str]:
    """The headers of Standard Webhooks: the id is the same at every try, the time is this try's."""
    now = datetime.now(UTC)
    return {
        "webhook-id": uid,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(uid, now, body),
    }
