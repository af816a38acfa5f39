"""Invitations, read back as a calendar would read them."""

from __future__ import annotations

import datetime as dt
import zoneinfo

import pytest
from icalendar import Calendar

from journeys.meetings import calendars

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")


def entry(starts_at: dt.datetime, **values: object) -> calendars.Entry:
    given = {
        "uid": "4b1c@acme.csom", "sequence": 3, "title": "Kickoff, part 1; both sides", "description": "Goal\n\n- Who",
        "place": "https://meet.example/k", "starts_at": starts_at, "ends_at": starts_at + dt.timedelta(hours=1),
        "zone": "Europe/Berlin", "organizer": calendars.Address("Cass", "cass@acme.test"),
        "attendees": [
            calendars.Address("Elena, COO", "elena@customer.test"), calendars.Address("Tom", "tom@customer.test"),
        ],
        "stamped_at": dt.datetime(2026, 3, 1, tzinfo=dt.UTC),
    }  # fmt: skip
    return calendars.Entry(**(given | values))


def read(data: bytes) -> tuple[Calendar, object]:
    calendar = Calendar.from_ical(data)
    [event] = calendar.walk("VEVENT")
    return calendar, event


def test_a_calendar_reads_back_what_was_written():
    starts_at = dt.datetime(2026, 3, 20, 9, tzinfo=BERLIN)
    calendar, event = read(calendars.write(entry(starts_at), calendars.REQUEST))
    assert (calendar["method"], str(event["uid"]), event["sequence"]) == ("REQUEST", "4b1c@acme.csom", 3)
    assert (str(event["summary"]), str(event["description"])) == ("Kickoff, part 1; both sides", "Goal\n\n- Who")
    assert (event["dtstart"].dt, event["dtend"].dt) == (starts_at, starts_at + dt.timedelta(hours=1))
    assert [str(each) for each in event["attendee"]] == ["mailto:elena@customer.test", "mailto:tom@customer.test"]
    assert event["attendee"][0].params["CN"] == "Elena, COO"
    assert str(event["organizer"]) == "mailto:cass@acme.test"


@pytest.mark.parametrize(
    ("day", "offset"),
    [(dt.date(2026, 3, 28), 1), (dt.date(2026, 3, 30), 2), (dt.date(2026, 10, 24), 2), (dt.date(2026, 10, 26), 1)],
)
def test_nine_on_the_wall_is_nine_on_either_side_of_the_change_of_the_clock(day, offset):
    starts_at = dt.datetime.combine(day, dt.time(9 - offset), tzinfo=dt.UTC)
    data = calendars.write(entry(starts_at), calendars.REQUEST)
    _, event = read(data)
    assert b"DTSTART;TZID=Europe/Berlin:" + f"{day:%Y%m%d}T090000".encode() in data
    assert event["dtstart"].dt.astimezone(dt.UTC) == starts_at
    assert event["dtstart"].dt.utcoffset() == dt.timedelta(hours=offset)


def test_the_file_describes_its_time_zone():
    calendar, _ = read(calendars.write(entry(dt.datetime(2026, 3, 20, 9, tzinfo=BERLIN)), calendars.REQUEST))
    [zone] = calendar.walk("VTIMEZONE")
    assert str(zone["tzid"]) == "Europe/Berlin"
    assert calendar.get_missing_tzids() == set()


def test_a_cancellation_says_so_under_the_same_uid():
    calendar, event = read(calendars.write(entry(dt.datetime(2026, 3, 20, 9, tzinfo=BERLIN)), calendars.CANCEL))
    assert (calendar["method"], event["status"], str(event["uid"])) == ("CANCEL", "CANCELLED", "4b1c@acme.csom")


def test_a_line_end_in_a_title_begins_no_property():
    starts_at = dt.datetime(2026, 3, 20, 9, tzinfo=BERLIN)
    _, event = read(
        calendars.write(entry(starts_at, title="Kickoff\r\nATTENDEE:mailto:eve@evil.test"), calendars.REQUEST)
    )
    assert len(event["attendee"]) == 2
