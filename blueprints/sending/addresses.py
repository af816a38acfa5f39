"""Where messages may go: addresses of the world, by https, and nowhere that only the inside knows."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

PORTS = {None, 443, 8443}
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
# What resolves on the inside alone, and names that are numbers in disguise: 2130706433, 0x7f.1, 017700000001.
INSIDE = re.compile(r"(^|\.)(localhost|local|internal|intranet|lan|home|corp|localdomain|arpa)$")
NUMBER = re.compile(r"(^|\.)(0x[0-9a-f]*|[0-9]+)$")
HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")
# Everything that is given out to the world is in here; old forms that hide an IPv4 address are not.
GLOBAL_V6 = ipaddress.ip_network("2000::/3")
TUNNELS = [ipaddress.ip_network(net) for net in ("2001::/32", "2002::/16", "64:ff9b::/96", "192.88.99.0/24")]


class Refused(ValueError):
    """An address that nothing is sent to."""


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
        checked(url)
    except Refused as problem:
        return str(problem)
    return ""


def checked(url: str) -> SplitResult:
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
