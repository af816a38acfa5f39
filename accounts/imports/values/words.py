"""Texts that have a shape: addresses, hosts, codes, yes and no, figures, and words of a closed list."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from decimal import Decimal

from accounts.imports.fields import plain
from accounts.imports.values.amounts import TYPED, figures
from accounts.imports.values.wrong import Wrong

# What programs write where there is nothing.
NOTHING = frozenset({
    "", "-", "–", "—", "n/a", "na", "null", "none", "--none--", "(no value)", "[not provided]", "nil", "undefined",
})  # fmt: skip
BROKEN = frozenset({
    "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#N/A", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#ERROR!",
})  # fmt: skip
YES = frozenset({"yes", "y", "true", "t", "1", "x", "on", "ja", "wahr", "oui", "sí", "si", "checked", "✓", "✔"})
NO = frozenset({"no", "n", "false", "f", "0", "off", "nein", "falsch", "non", "unchecked", "✗"})
WON = re.compile(r"\b(won|closedwon|signed|gewonnen|true|yes)\b")
LOST = re.compile(r"\b(lost|not|un\w*|verloren)\b")
# Hosts that give everybody an address: none of them is a company's own.
PUBLIC = frozenset({
    "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com", "yahoo.de",
    "yahoo.co.uk", "icloud.com", "me.com", "mac.com", "aol.com", "gmx.de", "gmx.net", "gmx.com", "web.de",
    "t-online.de", "freenet.de", "proton.me", "protonmail.com", "mail.com", "mail.ru", "qq.com", "163.com",
})  # fmt: skip
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{0,61}[^\W_]")
_NAMED = re.compile(r"[^<>]*<\s*([^<>]+?)\s*>")
_HOST = re.compile(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{0,61}[^\W_]")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
LARGEST = Decimal(10) ** 15
_NUMBER = re.compile(r"(?P<minus>[-+])? ?(?P<figures>[\d.,' ]*\d) ?%?")
_CODE = re.compile(r"[^A-Za-z0-9_-]+")


def email(text: str) -> str:
    """In small letters, out of "Ada Lovelace <ada@acme.com>" as well."""
    named = _NAMED.fullmatch(text)
    address = (named[1] if named else text).strip().removeprefix("mailto:").lower()
    if len(address) > 254 or not _ADDRESS.fullmatch(address) or ".." in address or ".@" in address:
        raise Wrong("isn't an e-mail address")
    return address


def domain(text: str) -> str | None:
    """The host of a website or of an e-mail address; None for the hosts that give everybody one."""
    bare = _SCHEME.sub("", text.strip().lower().removeprefix("mailto:"))
    host = re.split(r"[/?#\s]", bare, maxsplit=1)[0].rpartition("@")[2]
    host = re.sub(r":\d+$", "", host).rstrip(".").removeprefix("www.")
    if len(host) > 253 or not _HOST.fullmatch(host):
        raise Wrong("isn't a website or domain, such as acme.com")
    return None if host in PUBLIC else host


def code(text: str) -> str:
    """Letters, digits, hyphens: what a product's code may be made of."""
    shaped = _CODE.sub("-", text).strip("-")
    if not shaped:
        raise Wrong("has no letter or digit for a code")
    return shaped


def yes(text: str) -> bool:
    bare = text.strip().lower()
    if bare in YES:
        return True
    if bare in NO:
        return False
    raise Wrong("isn't yes or no")


def number(text: str, decimal: str) -> int | float:
    found = _NUMBER.fullmatch(" ".join(text.translate(TYPED).split()))
    exact = figures(found["figures"], decimal) if found else None
    if found is None or exact is None or exact >= LARGEST:
        raise Wrong("isn't a number")
    signed = -exact if found["minus"] == "-" else exact
    return int(signed) if signed == signed.to_integral_value() else float(signed)


def whole(value: int | float, least: int, most: int) -> int:
    if value != int(value):
        raise Wrong("isn't a whole number")
    if not least <= value <= most:
        raise Wrong(f"isn't between {least:,} and {most:,}")
    return int(value)


def lookup(choices: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Every word of a closed list, as `plain` has it, to the value that it stands for."""
    words: dict[str, str] = {}
    for value, others in choices.items():
        for word in (value, *others):
            words.setdefault(plain(word) or word.strip().lower(), value)
    return words


def chosen(text: str, choices: Mapping[str, tuple[str, ...]], words: Mapping[str, str]) -> str:
    if text in choices:
        return text
    found = words.get(plain(text) or text.strip().lower())
    if found is None:
        listed = ", ".join(list(choices)[:12]) + (" …" if len(choices) > 12 else "")
        raise Wrong(f"is none of: {listed}")
    return found


def won(stage: str) -> bool:
    """Whether a deal of this stage has been won."""
    bare = plain(stage)
    return bool(WON.search(bare)) and not LOST.search(bare)


def tidy(value: int | float) -> int | float:
    """25.0 is 25."""
    if not math.isfinite(value) or abs(value) >= LARGEST:
        raise Wrong("isn't a number")
    return int(value) if value == int(value) else value


def named(text: str) -> str:
    """The address in "Ada Lovelace <ada@acme.com>", empty where there is none."""
    found = _NAMED.fullmatch(text)
    return found[1] if found else ""
