"""One event after the other, taken or refused by name; a thousand of them in a few milliseconds."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, NamedTuple
from uuid import uuid4

import orjson

from metrics.usage.envelopes import Envelope, instant

LARGEST_EVENT = 32 * 1024
LONGEST_ID, LONGEST_NAME = 255, 200
AHEAD = dt.timedelta(hours=1)
ACTS = {"track", "page", "screen"}
LINKS = {"identify", "group", "alias"}
NAMELESS = {"page": "Page viewed", "screen": "Screen viewed"}

Ref = tuple[str, str]  # kind and id of whom it comes from


class Wrong(Exception):
    """Why one event can't be taken."""


class Act(NamedTuple):
    """Somebody did something."""

    id: str
    type: str
    name: str
    person: str
    ref: Ref
    occurred_at: dt.datetime
    properties: str


class Link(NamedTuple):
    """Who somebody is, or which group they belong to."""

    id: str
    person: Ref
    also: Ref | None  # the same person under another id
    group: str
    said_at: dt.datetime
    traits: dict[str, str]  # of the group where one is named, else of the person


class Clock(NamedTuple):
    """Ours, and how far the sender's is behind it as far as the call says."""

    now: dt.datetime
    oldest: dt.datetime
    behind: dt.timedelta | None


@dataclass
class Refused:
    index: int
    message_id: str
    type: str
    name: str
    reason: str


@dataclass
class Taken:
    acts: list[Act] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


def read(envelope: Envelope, *, now: dt.datetime, oldest: dt.datetime) -> Taken:
    """Every event of a call. `oldest`: what happened before is refused, since its month is gone."""
    taken, seen = Taken(), set()
    weigh = envelope.size > LARGEST_EVENT
    sent = instant(envelope.sent_at)
    clock = Clock(now, oldest, None if sent is None else now - sent)
    for index, said in enumerate(envelope.events):
        try:
            _check_whole(said, weigh, envelope.null_bytes)
            found = _one(said, envelope, clock)
        except Wrong as wrong:
            taken.refused.append(_refused(index, said, envelope.kind, str(wrong)))
            continue
        if found.id in seen:
            continue
        seen.add(found.id)
        (taken.acts if type(found) is Act else taken.links).append(found)  # type: ignore[arg-type]
    return taken


def key_of(message_id: str) -> str:
    """Whatever a sender calls its messages, as 128 bits: the same text, the same message."""
    return blake2b(message_id.encode(), digest_size=16).hexdigest()


def _check_whole(said: Any, weigh: bool, null_bytes: bool) -> None:
    if type(said) is not dict:
        raise Wrong("An event must be a JSON object.")
    # What can be written as JSON is shallow enough to be walked through, too.
    if (weigh or null_bytes) and len(_as_json(said)) > LARGEST_EVENT:
        raise Wrong(f"An event holds at most {LARGEST_EVENT // 1024} KB.")
    if null_bytes and _has_null(said):
        raise Wrong("Text must not hold the character U+0000.")


def _one(said: dict[str, Any], envelope: Envelope, clock: Clock) -> Act | Link:
    kind = envelope.kind or said.get("type")
    if kind not in ACTS and kind not in LINKS:
        raise Wrong("“type” must be track, identify, group, page, screen or alias.")
    message_id = said.get("messageId")
    if message_id is None:
        key = uuid4().hex
    elif type(message_id) is str and 0 < len(message_id) <= LONGEST_ID:
        key = key_of(message_id)
    else:
        raise Wrong(f"“messageId” must be text of at most {LONGEST_ID} characters.")
    user = _id(said, "userId")
    anonymous = _id(said, "anonymousId")
    if not user and not anonymous:
        raise Wrong("An event needs a “userId” or an “anonymousId”.")
    at = _when(said, clock)
    person: Ref = ("user", user) if user else ("anonymous", anonymous)
    if kind in LINKS:
        return _link(kind, key, said, person, ("anonymous", anonymous) if user and anonymous else None, at)
    name, properties = _told(kind, said)
    context = said.get("context")
    group = _id(context, "groupId") if type(context) is dict else ""
    group = group or _id(said, "groupId") or (_id(envelope.context, "groupId") if envelope.context else "")
    ref: Ref = ("group", group) if group else person
    return Act(key, kind, name, user or anonymous, ref, at, properties)


def _id(said: dict[str, Any], name: str) -> str:
    value = said.get(name)
    if value is None:
        return ""
    text = value if type(value) is str else str(value) if type(value) is int else None
    if text is None or len(text) > LONGEST_ID:
        raise Wrong(f"“{name}” must be text of at most {LONGEST_ID} characters.")
    return text.strip()


def _when(said: dict[str, Any], clock: Clock) -> dt.datetime:
    """When it happened by our clock: the sender's clock is off by as much as its time of sending is."""
    text = said.get("timestamp") or said.get("originalTimestamp")
    if text is None:
        return clock.now
    at = instant(text)
    if at is None:
        raise Wrong("“timestamp” must be an ISO 8601 instant, such as 2026-03-31T08:15:00Z.")
    sent = instant(said["sentAt"]) if said.get("sentAt") else None
    try:
        behind = clock.behind if sent is None else clock.now - sent
        if behind is not None:
            at += behind
        if at > clock.now + AHEAD:
            raise Wrong("It lies in the future: more than an hour ahead of this moment.")
        if at < clock.oldest:
            raise Wrong(f"It happened before {clock.oldest:%Y-%m-%d}, the first day whose events are kept.")
    except OverflowError:
        raise Wrong("“timestamp” and “sentAt” are too far apart.") from None
    # PostgreSQL reads no offset of sixteen hours and more, though ISO 8601 has them.
    return at if at.tzinfo is dt.UTC else at.astimezone(dt.UTC)


def _told(kind: str, said: dict[str, Any]) -> tuple[str, str]:
    """The event's name, and its properties as JSON."""
    properties = said.get("properties")
    if properties is not None and type(properties) is not dict:
        raise Wrong("“properties” must be a JSON object.")
    if kind == "track":
        name = said.get("event")
    else:
        name = said.get("name") or (properties or {}).get("name") or NAMELESS[kind]
    if type(name) is not str or not name.strip() or len(name) > LONGEST_NAME:
        what = "event" if kind == "track" else "name"
        raise Wrong(f"“{what}” must be text of 1 to {LONGEST_NAME} characters.")
    return name.strip(), _as_json(properties).decode() if properties else "{}"


def _link(kind: str, key: str, said: dict[str, Any], person: Ref, also: Ref | None, at: dt.datetime) -> Link:
    traits = said.get("traits")
    if traits is not None and type(traits) is not dict:
        raise Wrong("“traits” must be a JSON object.")
    traits = traits or {}
    if kind == "alias":
        previous = _id(said, "previousId")
        if not previous:
            raise Wrong("An alias needs a “previousId”.")
        return Link(key, person, ("anonymous", previous), "", at, {})
    if kind == "group":
        group = _id(said, "groupId")
        if not group:
            raise Wrong("A group needs a “groupId”.")
        return Link(key, person, also, group, at, _traits(traits))
    company = traits.get("company")
    context = said.get("context")
    group = _id(company, "id") if type(company) is dict else ""
    group = group or (_id(context, "groupId") if type(context) is dict else "")
    if group and type(company) is dict:
        return Link(key, person, also, group, at, _traits(company))
    return Link(key, person, also, group, at, {} if group else _traits(traits))


def _traits(said: dict[str, Any]) -> dict[str, str]:
    """Name, domain and e-mail address, as far as they are said and make sense."""
    website = str(said.get("domain") or said.get("website") or "").lower()
    host = website.split("//")[-1].split("/")[0].split(":")[0].removeprefix("www.")
    name = said.get("name") or " ".join(str(said[n]) for n in ("firstName", "lastName") if said.get(n))
    email = said.get("email")
    return {
        "name": str(name or "")[:LONGEST_NAME],
        "domain": host if "." in host and len(host) <= 253 else "",
        "email": email.strip().lower() if type(email) is str and "@" in email and len(email) <= 254 else "",
    }


def _as_json(value: Any) -> bytes:
    """It came as JSON, so all that can be wrong with it is its depth: more of it is read than is written."""
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError:
        raise Wrong("An event’s values are nested too deep.") from None


def _has_null(value: Any) -> bool:
    if type(value) is str:
        return "\x00" in value
    if type(value) is dict:
        return any(_has_null(key) or _has_null(inner) for key, inner in value.items())
    return type(value) is list and any(map(_has_null, value))


def _refused(index: int, said: Any, kind: str, reason: str) -> Refused:
    """As much of it as can be shown."""
    if type(said) is not dict:
        return Refused(index, "", kind, "", reason)
    shown = [str(said.get(name) or "").replace("\x00", "�") for name in ("messageId", "type", "event")]
    return Refused(index, shown[0][:LONGEST_ID], (kind or shown[1])[:20], shown[2][:LONGEST_NAME], reason)
