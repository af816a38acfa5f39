"""How money, dates and counts read in US English: pure functions, called once per row instead of once per cell."""

from __future__ import annotations

import datetime as dt
import re

NOTHING = "–"
SYMBOLS = {
    "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹", "KRW": "₩", "ILS": "₪",
    "CAD": "CA$", "AUD": "A$", "NZD": "NZ$", "BRL": "R$", "MXN": "MX$", "CNY": "CN¥",
}  # fmt: skip
# How many digits a currency's smallest unit has, where it isn't two (ISO 4217).
DIGITS = {"BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0,
          "UGX": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
          "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3}  # fmt: skip
USUAL_DIGITS = 2
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MINUTE, HOUR, DAY = 60, 3_600, 86_400
ONE_OF = {"people": "person", "persons": "person", "children": "child"}
PLURAL = re.compile(r"[a-z]{3,}(?<![su])(?<!i)s|[a-z]{2,}ies")


def money(minor: int | None, currency: str = "USD") -> str:
    """Whole amount: 41250000 USD -> "$412,500"; cents only where there are some."""
    if minor is None:
        return NOTHING
    digits = DIGITS.get(currency, 2)
    units, rest = divmod(abs(minor), 10**digits)
    fraction = f".{rest:0{digits}d}" if rest else ""
    return f"{_sign(minor)}{_symbol(currency)}{units:,}{fraction}"


def short_money(minor: int | None, currency: str = "USD") -> str:
    """Three figures at most: 41250000 USD -> "$412.5K", 465000000 -> "$4.65M"."""
    if minor is None:
        return NOTHING
    units = abs(minor) / 10 ** DIGITS.get(currency, 2)
    head = f"{_sign(minor)}{_symbol(currency)}"
    # The limits lie where rounding would reach the next unit: 999,950 reads "$1M", not "$1000K".
    if units >= 999_500_000:
        return f"{head}{_short(units / 1e9, 2)}B"
    if units >= 999_950:
        return f"{head}{_short(units / 1e6, 2)}M"
    if units >= 999.5:
        return f"{head}{_short(units / 1e3, 1)}K"
    return f"{head}{units:.0f}"


def signed_money(minor: int, currency: str = "USD") -> str:
    """A movement: "+$120", "−$80"."""
    return ("+" if minor > 0 else "") + money(minor, currency)


def number(value: int | float | None, digits: int = 0) -> str:
    return NOTHING if value is None else f"{value:,.{digits}f}".replace("-", "−")


def percent(ratio: float | None, digits: int = 0) -> str:
    """A ratio: 1.08 -> "108%"."""
    return NOTHING if ratio is None else f"{ratio * 100:.{digits}f}%".replace("-", "−")


def plural(count: int, one: str, many: str = "") -> str:
    """ "1 account", "12 accounts"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def unit(count: float, name: str) -> str:
    """A unit as it is said of so many: "task" of 1 "tasks"; what is no plural, such as "ms" or "GB", stays."""
    if count != 1 or name in ONE_OF:
        return ONE_OF[name] if count == 1 else name
    if not PLURAL.fullmatch(name):
        return name
    return name.removesuffix("ies") + "y" if name.endswith("ies") else name.removesuffix("s")


def date(day: dt.date | None) -> str:
    """ "22 Jan 2027"."""
    return NOTHING if day is None else f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def day_month(day: dt.date | None) -> str:
    """ "22 Jan": where the year is plain."""
    return NOTHING if day is None else f"{day.day} {MONTHS[day.month - 1]}"


def clock(instant: dt.datetime | None) -> str:
    """ "10:42", in the zone that the instant is in."""
    return NOTHING if instant is None else f"{instant:%H:%M}"


def date_time(instant: dt.datetime | None) -> str:
    """ "22 Jan 2027, 10:42", in the zone that the instant is in."""
    return NOTHING if instant is None else f"{date(instant)}, {clock(instant)}"


def ago(instant: dt.datetime | None, now: dt.datetime) -> str:
    """How long ago in one unit: "just now", "12 min ago", "6 d ago"; after two months the date in the zone of `now`."""
    if instant is None:
        return NOTHING
    seconds = (now - instant).total_seconds()
    if seconds < MINUTE:
        return "just now"
    if seconds < HOUR:
        return f"{int(seconds // MINUTE)} min ago"
    if seconds < DAY:
        return f"{int(seconds // HOUR)} h ago"
    if seconds < 60 * DAY:
        return f"{int(seconds // DAY)} d ago"
    return date(instant.astimezone(now.tzinfo))


def days_until(day: dt.date | None, today: dt.date) -> str:
    """ "today", "tomorrow", "in 61 days", "yesterday", "6 days ago"."""
    if day is None:
        return NOTHING
    days = (day - today).days
    near = {0: "today", 1: "tomorrow", -1: "yesterday"}
    return near.get(days) or (f"in {days:,} days" if days > 0 else f"{-days:,} days ago")


def due(day: dt.date | None, today: dt.date) -> str:
    """A deadline: "Overdue 3 d", "Today", "Tomorrow", "In 5 d", then the date."""
    if day is None:
        return "No date"
    days = (day - today).days
    if days < 0:
        return f"Overdue {-days:,} d"
    if days <= 1:
        return "Tomorrow" if days else "Today"
    return f"In {days} d" if days <= 14 else date(day)


def days(count: int | None) -> str:
    """ "61 d"."""
    return NOTHING if count is None else f"{count:,} d".replace("-", "−")


def initials(name: str) -> str:
    """ "Maya Okafor" -> "MO"; one word gives its first two letters."""
    words = [word for word in name.replace("@", " ").split() if word[0].isalnum()]
    if len(words) == 1:
        return words[0][:2].upper()
    return "".join(word[0] for word in words[:2]).upper() or "?"


def _sign(minor: int) -> str:
    return "−" if minor < 0 else ""


def _symbol(currency: str) -> str:
    return SYMBOLS.get(currency, f"{currency} ")


def _short(value: float, digits: int) -> str:
    text = f"{value:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
