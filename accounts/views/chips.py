"""The filters above the portfolio, each as a chip that says what is chosen and opens what can be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.filters import BANDS, CUSTOM, NOBODY, RENEWALS
from accounts.filters import QUIET as SILENCES
from accounts.models import CustomField, Membership, Phase, Touch
from accounts.views.book import Book
from accounts.views.columns import Column, columns_of


@dataclass(frozen=True)
class Option:
    value: str
    label: Any
    chosen: bool = False


@dataclass(frozen=True)
class Chip:
    """`kind`: many (checkboxes), one (radio buttons), ask (checkboxes and a combobox that asks), range, own."""

    name: str
    label: Any
    kind: str
    options: tuple[Option, ...] = ()
    asks: str = ""
    start: str = ""
    end: str = ""
    fields: tuple[tuple[CustomField, str], ...] = ()

    @property
    def chosen(self) -> str:
        labels = [str(option.label) for option in self.options if option.chosen and option.value]
        if self.kind == "range":
            labels = [f"{sign} {value}" for sign, value in (("≥", self.start), ("≤", self.end)) if value]
        if self.kind == "own":
            labels = [custom.label for custom, value in self.fields if value]
        return ", ".join(labels[:2]) + (f" +{len(labels) - 2}" if len(labels) > 2 else "")

    @property
    def button(self) -> SafeString:
        """The chip with what it opens."""
        return self._drawn("accounts/_portfolio_chip.html")

    @property
    def choices(self) -> SafeString:
        """What it opens, alone."""
        return self._drawn("accounts/_portfolio_choices.html")

    def _drawn(self, template: str) -> SafeString:
        # A field of the tenant's own may be renamed without this chip being another.
        return (
            render_to_string(template, {"chip": self}) if self.fields else _remembered(self, template, get_language())
        )


@lru_cache(maxsize=2048)
def _remembered(chip: Chip, template: str, language: str | None) -> SafeString:
    """Most chips look on most pages as they looked on the one before."""
    return render_to_string(template, {"chip": chip})


# In sight always; the others once something of theirs is chosen.
MAIN = {"band", "phase", "renewal", "segment", "csm", "arr"}


def chips(book: Book) -> tuple[list[Chip], list[Chip]]:
    """Those in sight, and those behind «More»."""
    every = _every(book)
    shown = [chip for chip in every if chip.name in MAIN or chip.chosen]
    return shown, [chip for chip in every if chip not in shown]


def _every(book: Book) -> list[Chip]:
    asked, people = book.asked, _people(book)
    shown = [
        Chip("band", _("Health"), "many", _options(BANDS, asked.getlist("band"))),
        Chip("phase", _("Phase"), "many", _options(Phase.choices, asked.getlist("phase"))),
        Chip("renewal", _("Renewal"), "one", _options([("", _("Any")), *RENEWALS], [asked.get("renewal", "")])),
        _words(book, "segment", _("Segment"), "accounts:segment-options"),
        _owners(book, "csm", _("CSM"), people),
        Chip("touch_model", _("Touch"), "many", _options(Touch.choices, asked.getlist("touch_model"))),
        Chip("quiet", _("No touch"), "one", _options([("", _("Any")), *SILENCES], [asked.get("quiet", "")])),
        Chip("arr", _("ARR"), "range", start=asked.get("arr_min", ""), end=asked.get("arr_max", "")),
        _words(book, "region", _("Region"), "accounts:region-options"),
        _words(book, "industry", _("Industry"), "accounts:industry-options"),
        _owners(book, "ae", _("AE"), people),
    ]
    if book.fields:
        own = tuple((custom, asked.get(CUSTOM + custom.key, "")) for custom in book.fields)
        shown.append(Chip("own", _("Own fields"), "own", fields=own))
    return shown


def column_options(book: Book) -> list[Option]:
    chosen: Sequence[Column] = book.columns
    return [Option(column.code, column.label, column in chosen) for column in columns_of(book.fields)]


def _options(choices: Sequence[tuple[Any, Any]], chosen: Sequence[str]) -> tuple[Option, ...]:
    return tuple(Option(str(value), label, value in chosen) for value, label in choices)


def _words(book: Book, name: str, label: Any, asks: str) -> Chip:
    return Chip(name, label, "ask", tuple(Option(word, word, True) for word in book.asked.getlist(name)), reverse(asks))


def _owners(book: Book, name: str, label: Any, people: dict[str, str]) -> Chip:
    chosen = book.asked.getlist(name)
    options = [Option(NOBODY, _("Nobody"), NOBODY in chosen)]
    options += [Option(person, people[person], True) for person in chosen if person in people]
    return Chip(name, label, "ask", tuple(options), reverse("accounts:member-options"))


def _people(book: Book) -> dict[str, str]:
    """Names of the people who are chosen; nobody is listed beforehand."""
    ids = [
        person for name in ("csm", "ae") for person in book.asked.getlist(name) if person.isdigit() and len(person) < 19
    ]
    if not ids:
        return {}
    members = Membership.objects.here().filter(user_id__in=ids).values_list("user_id", "user__name")
    return {str(pk): name for pk, name in members}
