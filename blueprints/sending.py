"""The only door to other systems: one message, one address, no way into a private network, and never for long."""

from __future__ import annotations

import contextlib
import ipaddress
import re
import socket
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import SplitResult, urlsplit

import requests
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from requests_hardened import Config, HTTPSession
from requests_hardened.ip_filter import InvalidIPAddress
from requests_hardened.ip_filter_adapter import IPFilterAdapter
from standardwebhooks import Webhook
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError

from blueprints import texts

DEADLINE = 10.0  # seconds for all of it; the library's own are for each piece that comes
MOST_READ = 64 * 1024
PORTS = {None, 443, 8443}
GONE = 410
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
# What resolves on the inside alone, and names that are numbers in disguise: 2130706433, 0x7f.1, 017700000001.
INSIDE = re.compile(r"(^|\.)(localhost|local|internal|intranet|lan|home|corp|localdomain|arpa)$")
NUMBER = re.compile(r"(^|\.)(0x[0-9a-f]*|[0-9]+)$")
HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")
# Everything that is given out to the world is in here; old forms that hide an IPv4 address are not.
GLOBAL_V6 = ipaddress.ip_network("2000::/3")
TUNNELS = [ipaddress.ip_network(net) for net in ("2001::/32", "2002::/16", "64:ff9b::/96", "192.88.99.0/24")]


@dataclass(frozen=True)
class Answer:
    """`error` is empty where it arrived. `held_up`: the other side couldn't take anything now, whatever it was."""

    status: int | None = None
    error: str = ""
    held_up: bool = False
    retry_after: int | None = None

    @property
    def arrived(self) -> bool:
        return not self.error


class Refused(ValueError):
    """An address that nothing is sent to."""


class Deadline:
    """Cuts the connection when time is up, whatever piece of the answer it waits for."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.passed = seconds, False
        self._sockets: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self._cut)

    def __enter__(self) -> Deadline:
        self._timer.daemon = True
        self._timer.start()
        _here.deadline = self
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        _here.deadline = None
        for each in self._sockets:
            each.close()

    def watch(self, connected: socket.socket) -> None:
        # A copy: TLS takes the socket's place, and shutting down any copy ends the connection itself.
        self._sockets.append(connected.dup())

    def _cut(self) -> None:
        self.passed = True
        for each in self._sockets:
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


_here = threading.local()


class _Http(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _watched(super()._new_conn())


class _Https(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _watched(super()._new_conn())


def _watched(connected: socket.socket) -> socket.socket:
    deadline: Deadline | None = getattr(_here, "deadline", None)
    if deadline is not None:
        deadline.watch(connected)
    return connected


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


def is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return is_public(address.ipv4_mapped)
        if address not in GLOBAL_V6:
            return False
    return address.is_global and not address.is_multicast and not any(address in net for net in TUNNELS)


def problem_with(url: str) -> str:
    """Why nothing can be sent to this address, in words; empty where something can. Asks no name server."""
    try:
        _checked(url)
    except Refused as problem:
        return str(problem)
    return ""


def _checked(url: str) -> SplitResult:
    if not url.isascii() or re.search(r"[\s\\\x00-\x1f\x7f]", url):
        raise Refused("An address has no spaces and no special characters.")
    try:
        parts = urlsplit(url)
        port, host = parts.port, (parts.hostname or "").lower()
    except ValueError as problem:
        raise Refused("This is no address.") from problem
    if settings.OUTBOUND_LOOPBACK and parts.scheme in ("http", "https") and host in LOOPBACK:
        return parts
    if parts.scheme != "https":
        raise Refused("The address must begin with https://.")
    if parts.username is not None or parts.password is not None:
        raise Refused("The address must not hold a name or password.")
    if port not in PORTS:
        raise Refused("The port must be 443 or 8443.")
    _check_host(host)
    return parts


def _check_host(host: str) -> None:
    try:
        literal = ipaddress.ip_address(host)
    except ValueError:
        if not HOST.fullmatch(host) or "." not in host:
            raise Refused("The address needs a full host name.") from None
        if NUMBER.search(host) or INSIDE.search(host):
            raise Refused("The address leads into a private network.") from None
        return
    if not is_public(literal):
        raise Refused("The address leads into a private network.")


def post(url: str, body: str, headers: dict[str, str], *, deadline: float = DEADLINE) -> Answer:
    """One try. Never raises for what the other side does, or for where the address leads."""
    try:
        _checked(url)
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


def mail(to: str, subject: str, text: str, *, uid: str, reply_to: str = "") -> Answer:
    """One mail; the Message-ID is the same at every try, so that a mail server may see that it is one."""
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip(" >") or "localhost"
    message = EmailMultiAlternatives(
        subject,
        text,
        None,
        [to],
        reply_to=[reply_to] if reply_to else None,
        headers={"Message-ID": f"<{uid}@{domain}>"},
    )
    message.attach_alternative(texts.paragraphs(text), "text/html")
    try:
        message.send()
    except Exception as problem:
        # Whatever a mail server or a header says no to: it is shown with the delivery and tried again.
        return Answer(error=f"{type(problem).__name__}: {problem}", held_up=True)
    return Answer()
