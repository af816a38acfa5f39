"""A meeting as calendars exchange it (RFC 5545, RFC 5546): invitation, change, cancellation. Plain Python."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass

from icalendar import Calendar, Event, vCalAddress, vText

PRODUCT = "-//CSOM//Meetings//EN"
REQUEST, CANCEL, PUBLISH = "REQUEST", "CANCEL", "PUBLISH"


@dataclass(frozen=True)
class Address:
    name: str
    email: str


@dataclass(frozen=True)
class Entry:
    """`sequence` counts the changes that matter to a calendar; `zone` is where the clock on the wall is meant."""

    uid: str
    sequence: int
    title: str
    description: str
    place: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    zone: str
    organizer: Address
    attendees: Sequence[Address]
    stamped_at: dt.datetime


def write(entry: Entry, method: str) -> bytes:
    """The file with its own description of the time zone, since not every calendar knows all of them."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(_event(entry, method))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _event(entry: Entry, method: str) -> Event:
    zone = zoneinfo.ZoneInfo(entry.zone)
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.stamped_at.astimezone(dt.UTC))
    event.add("dtstart", entry.starts_at.astimezone(zone))
    event.add("dtend", entry.ends_at.astimezone(zone))
    event.add("summary", entry.title)
    event.add("status", "CANCELLED" if method == CANCEL else "CONFIRMED")
    if entry.place:
        event.add("location", entry.place)
    if entry.place.startswith(("https://", "http://")):
        event.add("url", entry.place)
    if entry.description:
        event.add("description", entry.description)
    event["organizer"] = _address(entry.organizer)
    for each in entry.attendees:
        event.add("attendee", _address(each, asks=method == REQUEST), encode=False)
    return event


def _address(who: Address, *, asks: bool = False) -> vCalAddress:
    address = vCalAddress(f"mailto:{who.email}")
    address.params["cn"] = vText(who.name)
    if asks:
        address.params["role"] = vText("REQ-PARTICIPANT")
        address.params["partstat"] = vText("NEEDS-ACTION")
        address.params["rsvp"] = vText("TRUE")
    return address
