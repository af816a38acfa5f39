"""The columns of the portfolio: which there are, what they say in a row and in a spreadsheet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from string import Formatter
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts import formats
from accounts.extracts import major
from accounts.filters import CUSTOM
from accounts.models import CustomField, Phase, Touch

SOON, SILENT = 90, 30


@dataclass(frozen=True)
class Column:
    """`sort` names the order that a click on the head asks for."""

    code: str
    label: Any
    sort: str = ""
    custom: str = ""


COLUMNS = (
    Column("health", _("Health"), "health"),
    Column("arr", _("ARR"), "arr"),
    Column("renewal", _("Renewal"), "renewal"),
    Column("phase", _("Phase"), "phase"),
    Column("segment", _("Segment"), "segment"),
    Column("touch", _("Last touch"), "touch"),
    Column("csm", _("CSM")),
    Column("ae", _("AE")),
    Column("touch_model", _("Touch model")),
    Column("region", _("Region")),
    Column("industry", _("Industry")),
    Column("domain", _("Domain")),
    Column("external_id", _("External id")),
)
WORKED_OUT = {"arr": "ARR today", "renewal": "Next renewal"}
USUAL = ["health", "arr", "renewal", "phase", "segment", "touch", "csm"]


def columns_of(fields: Iterable[CustomField]) -> list[Column]:
    """All that this tenant can choose from."""
    return [*COLUMNS, *(Column(CUSTOM + field.key, field.label, custom=field.key) for field in fields)]


def as_rows(rows: Sequence[dict[str, Any]], columns: Sequence[Column], today: dt.date, now: dt.datetime) -> SafeString:
    """The rows as HTML: the row's markup is rendered once, as a mould, and filled with escaped texts."""
    mould = render_to_string("accounts/_portfolio_row.html", {"columns": columns})
    address = reverse("accounts:account-detail", args=[0]).removesuffix("0/")
    customs = [column for column in columns if column.custom]
    # Every text handed over is escaped, shown or not: only those with a place in the mould are.
    shown = [name for _text, name, _spec, _conversion in Formatter().parse(mould) if name]
    texts = (_texts(row, customs, address, today, now) for row in rows)
    return format_html_join("", mould, ({name: known[name] for name in shown} for known in texts))


def _texts(
    row: dict[str, Any], customs: Sequence[Column], address: str, today: dt.date, now: dt.datetime
) -> dict[str, Any]:
    renewal_on, touched = row["renewal_on"], row["last_touch_at"]
    days = (renewal_on - today).days if renewal_on else None
    silent = (now - touched).days if touched else None
    arr = formats.short_money(row["arr_minor"], row["currency"])
    renewal = formats.date(renewal_on)
    return row | {
        "href": f"{address}{row['id']}/",
        "mark": formats.initials(row["name"]),
        "arr": arr,
        "renewal": renewal,
        "renewal_in": "" if days is None else f"{days} d",
        "renewal_tone": "age-amber" if days is not None and days <= SOON else "",
        "brief": f"{arr} · renews {renewal}" if renewal_on else arr,
        "phase": phase_mark(row["phase"]),
        "health": health_mark(row["health_band"], row["health_score"]),
        "touch": formats.ago(touched, now) if touched else "Never",
        "touch_tone": "age-red" if silent is None or silent > SILENT else "",
        "touch_model": TOUCHES[row["touch_model"]],
        "csm": row["csm__name"] or "Nobody",
        "ae": row["ae__name"] or "Nobody",
        "external_id": row["external_id"] or "",
        **{column.code: plain(row["custom"].get(column.custom)) for column in customs},
    }


TOUCHES = {touch.value: touch.label for touch in Touch}


@lru_cache(maxsize=16)
def phase_mark(code: str) -> SafeString:
    """Five marks for all rows of all pages."""
    return render_to_string("accounts/_phase.html", {"code": code})


@lru_cache(maxsize=512)
def health_mark(band: str, score: int | None) -> SafeString:
    return render_to_string("accounts/_health.html", {"band": band or "unknown", "score": score})


def plain(value: Any) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return "" if value is None else str(value)


def as_cells(row: dict[str, Any], columns: Sequence[Column]) -> list[Any]:
    """The row for a spreadsheet: figures and days as such."""
    return [row["name"], *(_cell(row, column) for column in columns)]


def _cell(row: dict[str, Any], column: Column) -> Any:
    if column.custom:
        return plain(row["custom"].get(column.custom))
    if column.code == "arr":
        return major(row["arr_minor"], row["currency"])
    values = {
        "renewal": row["renewal_on"] or "",
        "health": "" if row["health_score"] is None else row["health_score"],
        "phase": Phase(row["phase"]).label,
        "touch": row["last_touch_at"].date() if row["last_touch_at"] else "",
        "touch_model": TOUCHES[row["touch_model"]],
        "csm": row["csm__name"] or "",
        "ae": row["ae__name"] or "",
    }
    return values[column.code] if column.code in values else row[column.code] or ""


def heading(column: Column) -> str:
    """How a spreadsheet calls it: a figure that is worked out must not come back in as if it were agreed."""
    return WORKED_OUT.get(column.code) or str(column.label)
