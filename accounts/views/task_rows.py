"""The inbox's rows as HTML: their markup is rendered once, as a mould, and filled with escaped texts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.views.inbox import Group, Row

# What a key does with the row that has the focus.
KEYS = {"s": "snooze", "a": "reassign", "d": "due"}


class Drawing:
    """Rows of one page: `query` follows every address, `chosen` is the task beside the list."""

    def __init__(self, query: str, *, chosen: int | None, may_edit: bool) -> None:
        self.query, self.chosen, self.may_edit = query, chosen, may_edit
        self.moulds: dict[tuple[bool, bool], SafeString] = {}
        self.addresses = {
            name: reverse(f"accounts:task-{name}", args=[0]).replace("/0/", "/{}/")
            for name in ("detail", "complete", *KEYS.values())
        }

    def drawn(self, groups: Iterable[Group]) -> list[tuple[Group, SafeString]]:
        return [(group, self._rows(group.rows)) for group in groups]

    def _rows(self, rows: Iterable[Row]) -> SafeString:
        return format_html_join("", "{}", ([format_html(self._mould(row), **self._texts(row))] for row in rows))

    def _mould(self, row: Row) -> SafeString:
        kind = (row.open, row.pk == self.chosen)
        if kind not in self.moulds:
            links = [(key, "{" + act + "}") for key, act in KEYS.items()]
            context = {"open": row.open, "can": row.open and self.may_edit, "here": kind[1], "links": links}
            self.moulds[kind] = render_to_string("accounts/_task_row.html", context)
        return self.moulds[kind]

    def _texts(self, row: Row) -> dict[str, Any]:
        links = {name: address.format(row.pk) + self.query for name, address in self.addresses.items()}
        return links | {
            "href": links["detail"],
            "pk": row.pk,
            "title": row.title,
            "about": " · ".join(part for part in (row.account, row.source, row.assignee) if part),
            "tone": f"age-{row.tone}" if row.tone else "",
            "when": row.when,
        }
