"""Days and instants as people write them: 31.01.2026, 1/31/26, 2026-01-31T10:00Z, 31 Jan 2026 10:00 AM."""

from __future__ import annotations

import datetime as dt
import re

from accounts.imports.values.wrong import Wrong

_NAMES = (
    "jan january januar jänner", "feb february februar feber", "mar march märz mär mrz", "apr april", "may mai",
    "jun june juni", "jul july juli", "aug august", "sep sept september", "oct october oktober okt", "nov november",
    "dec december dezember dez",
)  # fmt: skip
MONTHS = {name: number for number, names in enumerate(_NAMES, 1) for name in names.split()}
EARLIEST, LATEST = 1900, 2200
PIVOT = 70  # 69 is 2069, 70 is 1970: as spreadsheets have it
SERIALS = range(1, 100_000)
SERIAL_ZERO = dt.date(1899, 12, 30)

_TIME = (
    r"(?:,?[T\s]\s*(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?"
)
_DAY, _NAME = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?", r"(?P<name>[^\W\d]{3,9})\.?"
_SHAPES = (
    re.compile(r"(?P<year>\d{4})([-/.])(?P<month>\d{1,2})\2(?P<day>\d{1,2})" + _TIME),
    re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})" + _TIME),
    re.compile(
        r"(?P<day>\d{1,2})(?:st|nd|rd|th)?[.\s/-]+(?P<name>[^\W\d]{3,9})\.?[,\s/-]+(?P<year>\d{4}|\d{2})" + _TIME
    ),
    re.compile(r"(?P<name>[^\W\d]{3,9})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4}|\d{2})" + _TIME),
)
_TRIPLE = re.compile(r"(?P<first>\d{1,2})([-/.]) ?(?P<second_>\d{1,2})\2 ?(?P<third>\d{4}|\d{2})" + _TIME)
_WEEKDAY = re.compile(r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+", re.IGNORECASE)
_ORDERS = {"dmy": ("day", "month", "year"), "mdy": ("month", "day", "year"), "ymd": ("year", "month", "day")}


def day(text: str, order: str, zone: dt.tzinfo) -> dt.date:
    """The day alone; an instant that names its zone is told in ours. Wrong or ValueError: there is no such day."""
    if len(text) == 10 and text[4] == "-":
        return _plausible(dt.date.fromisoformat(text))
    found, parts = _parts(text, order)
    if found["hour"] is None or found["zone"] is None:
        return _date(parts)
    return _instant(found, parts, zone).astimezone(zone).date()


def instant(text: str, order: str, zone: dt.tzinfo) -> dt.datetime:
    """In UTC; without a zone of its own it is meant in ours, a bare day as its midnight."""
    found, parts = _parts(text, order)
    return _instant(found, parts, zone).astimezone(dt.UTC)


def serial(value: float) -> dt.date:
    """A day as a spreadsheet's number, where the cell lost its date format."""
    if isinstance(value, bool) or int(value) not in SERIALS:
        raise Wrong("isn't a day")
    return _plausible(SERIAL_ZERO + dt.timedelta(days=int(value)))


def _parts(text: str, order: str) -> tuple[re.Match[str], tuple[int, int, int]]:
    bare = " ".join(text.split())
    if bare[:1].isalpha():
        bare = _WEEKDAY.sub("", bare, count=1)
    for shape in _SHAPES:
        if found := shape.fullmatch(bare):
            named = found.groupdict()
            month = MONTHS.get(named["name"].lower(), 0) if "name" in named else int(found["month"])
            return found, (_year(found["year"]), month, int(found["day"]))
    if found := _TRIPLE.fullmatch(bare):
        said = dict(zip(_ORDERS[order], (found["first"], found["second_"], found["third"]), strict=True))
        if order == "ymd" and len(found["third"]) == 4:
            raise Wrong("is a day in another order than year, month, day")
        if order == "mdy" and int(said["month"]) > 12:
            raise Wrong("isn't a day where the month stands first")
        return found, (_year(said["year"]), int(said["month"]), int(said["day"]))
    raise Wrong("isn't a day")


def _year(text: str) -> int:
    number = int(text)
    return number if len(text) == 4 else number + (1900 if number >= PIVOT else 2000)


def _date(parts: tuple[int, int, int]) -> dt.date:
    return _plausible(dt.date(*parts))


def _plausible(found: dt.date) -> dt.date:
    if not EARLIEST <= found.year < LATEST:
        raise Wrong("is too far away")
    return found


def _instant(found: re.Match[str], parts: tuple[int, int, int], zone: dt.tzinfo) -> dt.datetime:
    clock = dt.time()
    if found["hour"] is not None:
        fraction = int((found["fraction"] or "0").ljust(6, "0")[:6])
        clock = dt.time(_hour(found), int(found["minute"]), int(found["second"] or 0), fraction)
    return dt.datetime.combine(_date(parts), clock, tzinfo=_zone(found["zone"], zone))


def _hour(found: re.Match[str]) -> int:
    hour, half = int(found["hour"]), (found["half"] or "").lower()
    if not half:
        return hour
    if not 1 <= hour <= 12:
        raise Wrong("isn't a time")
    return hour % 12 + (12 if half.startswith("p") else 0)


def _zone(text: str | None, otherwise: dt.tzinfo) -> dt.tzinfo:
    if not text:
        return otherwise
    if text in ("Z", "UTC", "GMT"):
        return dt.UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return dt.timezone(dt.timedelta(minutes=-minutes if text[0] == "-" else minutes))
