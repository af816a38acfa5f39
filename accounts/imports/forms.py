"""What a person says about a file: what its rows stand for, how it is written, which column says what."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.currencies import CODES
from accounts.imports.fields import FIELDS
from accounts.imports.models import Import, Kind, Noun, SavedMapping
from accounts.imports.reading.format import ENCODINGS, RECOGNIZED
from accounts.models.workspace import FieldType

ENCODING_NAMES = {
    "utf-8": "UTF-8", "utf-8-sig": "UTF-8", "utf-16": "UTF-16", "utf-16-le": _("UTF-16, low byte first"),
    "utf-16-be": _("UTF-16, high byte first"), "cp1252": _("Windows, Western (CP1252)"),
    "cp1250": _("Windows, Central European (CP1250)"), "mac_roman": _("Macintosh"), "iso-8859-1": _("Latin 1"),
}  # fmt: skip
# The others are found in a file, but nothing that a person would tell apart.
OFFERED = {each: ENCODING_NAMES[each] for each in ENCODINGS if each not in RECOGNIZED}
DELIMITERS = {",": _("Comma ,"), ";": _("Semicolon ;"), "\t": _("Tab"), "|": _("Pipe |")}
DECIMALS = {".": _("Point: 1,234.50"), ",": _("Comma: 1.234,50")}
DATES = {
    "ymd": _("Year first: 2026-12-31"), "dmy": _("Day first: 31/12/2026"), "mdy": _("Month first: 12/31/2026"),
}  # fmt: skip
HEADING_ROWS = {0: _("Found by itself"), **{number: str(number) for number in range(1, 11)}}
# What changes which columns there are; the rest changes how their cells are understood.
LAYOUT = ("encoding", "delimiter", "sheet", "heading_row")

BLANKS = {
    "keep": _("Leave what is in the book as it is"),
    "clear": _("Empty it in the book, too"),
}
MISSING = {
    "refuse": _("Refuse the row: a misspelt name adds nothing. Mend it, or import the accounts first"),
    "create": _("Add the account, with what the row says about it"),
}
PEOPLE = {
    "refuse": _("Refuse the row"),
    "leave": _("Take the row without them"),
}
DUPLICATES = {
    "leave": _("Refuse the row and show me the account that is there"),
    "match": _("Take them for the same account, unless their ids differ"),
    "create": _("Add another account"),
}
PAST_TERMS = {
    "open": _("It is still running: a renewal is overdue"),
    "ended": _("It ended on that day: the customer left"),
}
PHASES = {
    "adoption": _("Adoption: they work with the product"), "onboarding": _("Onboarding: they are being set up"),
    "commit": _("Committed: signed, not begun"), "expansion": _("Expansion: they grow with us"),
    "ended": _("Former: they left"),
}  # fmt: skip
NEW_FIELDS = {
    FieldType.TEXT: _("New field: text"),
    FieldType.NUMBER: _("New field: number"),
    FieldType.DATE: _("New field: date"),
    FieldType.BOOLEAN: _("New field: yes or no"),
    FieldType.CHOICE: _("New field: one of a list"),
}
# Which choices matter for which import.
ASKED = {
    Noun.ACCOUNT: ("blanks", "duplicates", "people", "phase"),
    Noun.PRODUCT: ("blanks",),
    Noun.CONTACT: ("blanks", "missing_accounts", "phase"),
    Noun.CONTRACT: ("blanks", "missing_accounts", "people", "phase", "product", "past_terms"),
    Noun.NOTE: ("missing_accounts", "people", "phase"),
}


class UploadForm(forms.Form):
    noun = forms.ChoiceField(choices=Noun.choices, widget=forms.RadioSelect, label=_("What each row stands for"))
    file = forms.FileField(
        label=_("File"), allow_empty_file=True, error_messages={"required": _("Choose a file first.")},
        widget=forms.FileInput(attrs={"class": "drop", "accept": ".csv,.tsv,.txt,.xlsx,.json,.jsonl,.ndjson"}),
    )  # fmt: skip
    mapping = forms.ModelChoiceField(
        SavedMapping.objects.none(), required=False, label=_("Start from a saved mapping"),
        empty_label=_("None: suggest the columns"), help_text=_("For the same export as last time."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mapping"].queryset = SavedMapping.objects.all()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        mapping, noun = said.get("mapping"), said.get("noun")
        if mapping and noun and mapping.noun != noun:
            self.add_error("mapping", f"“{mapping}” is for {mapping.get_noun_display().lower()}.")
        return said


class MappingForm(forms.Form):
    """Its fields have the names that the action refuses by: `columns.3`, `format.dates`, `options.phase`."""

    version = forms.IntegerField(required=False)
    mapping_name = forms.CharField(max_length=80, required=False, label=_("Name of the mapping"))

    taken = False  # another mapping has the name that was asked for

    def __init__(self, data: Any = None, *, job: Import, sheets: Sequence[str] = ()) -> None:
        self.job = job
        super().__init__(
            data, initial={"version": job.version, "mapping_name": job.mapping.name if job.mapping else ""}
        )
        self._ask_format(sheets)
        for number in range(len(job.headings)):
            self._ask(f"columns.{number}", forms.CharField(required=False), job.columns.get(str(number), ""))
        for name in self._asked_options():
            self._ask(f"options.{name}", _option_field(name), job.options.get(name))

    @property
    def format(self) -> dict[str, Any]:
        said = self._said("format.")
        return said | ({"heading_row": int(said["heading_row"])} if "heading_row" in said else {})

    @property
    def columns(self) -> dict[str, str]:
        return {column: path for column, path in self._said("columns.").items() if path}

    @property
    def options(self) -> dict[str, Any]:
        return self._said("options.")

    @property
    def seen_version(self) -> int | None:
        return self.cleaned_data.get("version")

    @property
    def layout_changed(self) -> bool:
        return any(self.job.format.get(name) != value for name, value in self.format.items() if name in LAYOUT)

    def at(self, version: int) -> MappingForm:
        """The same choices, made in sight of this version."""
        data: Any = copy.copy(self.data)
        data["version"] = self.cleaned_data["version"] = version
        self.data = data
        return self

    def named(self, name: str, value: Any) -> str:
        """A choice in the words that a person sees."""
        choices: Any = getattr(self.fields[name], "choices", ())
        return str(dict(choices).get(str(value), value))

    def bound(self, prefix: str) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith(prefix)]

    def _said(self, prefix: str) -> dict[str, Any]:
        said = self.cleaned_data.items()
        return {name.removeprefix(prefix): value for name, value in said if name.startswith(prefix)}

    def _ask(self, name: str, field: forms.Field, initial: Any) -> None:
        self.fields[name] = field
        self.initial[name] = initial

    def _ask_format(self, sheets: Sequence[str]) -> None:
        told = self.job.format
        if self.job.kind == Kind.XLSX:
            if len(sheets) > 1:
                self._choose("sheet", _("Sheet"), dict.fromkeys(sheets))
        else:
            self._choose("encoding", _("Encoding"), OFFERED)
        if self.job.kind == Kind.CSV:
            self._choose("delimiter", _("Columns are divided by"), DELIMITERS)
        if self.job.kind != Kind.JSON:
            self._choose("heading_row", _("Row of the headings"), HEADING_ROWS)
        self._choose("decimal", _("Numbers"), DECIMALS)
        self._choose("dates", _("Dates"), DATES)
        known: dict[str, Any] = dict.fromkeys(sorted(CODES))
        names = {"": _("The workspace’s")} | known | {told.get("currency") or "USD": None}
        self._choose("currency", _("Amounts without a currency"), names)

    def _choose(self, name: str, label: Any, choices: Mapping[Any, Any]) -> None:
        current = self.job.format.get(name, "")
        if current not in choices:
            choices = {current: ENCODING_NAMES.get(str(current), str(current)), **choices}
        options = [(str(value), text or str(value)) for value, text in choices.items()]
        self._ask(f"format.{name}", forms.ChoiceField(label=label, choices=options, required=False), str(current))

    def _asked_options(self) -> Iterable[str]:
        mapped = self.job.columns.values()
        extra = ("product", "past_terms") if any(path.startswith("contract.") for path in mapped) else ()
        names_people = any(FIELDS[path].type == "member" for path in mapped if path in FIELDS)
        return dict.fromkeys((*ASKED[Noun(self.job.noun)], *extra, *(("people",) if names_people else ())))


def _radio(label: Any, choices: Mapping[str, Any]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=list(choices.items()), widget=forms.RadioSelect)


_RADIOS: dict[str, tuple[Any, Mapping[str, Any]]] = {
    "blanks": (_("When a cell is empty and the book has something there"), BLANKS),
    "missing_accounts": (_("When a row names an account that isn’t there"), MISSING),
    "people": (_("When a row names somebody who isn’t a member here"), PEOPLE),
    "duplicates": (_("When a new account has a name or domain that is there"), DUPLICATES),
    "past_terms": (_("When a contract’s last term is over and none follows"), PAST_TERMS),
}


def _option_field(name: str) -> forms.Field:
    if name in _RADIOS:
        return _radio(*_RADIOS[name])
    if name == "phase":
        return forms.ChoiceField(label=_("New accounts without a phase begin in"), choices=list(PHASES.items()))
    help_text = _("A product of this name is added if there is none.")
    return forms.CharField(label=_("Contracts without a product are about"), max_length=120, help_text=help_text)


class FieldOptions:
    """The options of every column's select: written once, since two hundred columns have the same sixty."""

    def __init__(self, groups: Sequence[tuple[Any, Sequence[tuple[str, Any]]]]) -> None:
        self._groups = [
            (title, [(path, label, _option(path, label)) for path, label in each]) for title, each in groups
        ]

    def html(self, chosen: str, heading: str) -> SafeString:
        """With this field chosen, and new fields named like the column."""
        named = heading.strip()[:80]
        new: dict[str, Any] = {f"new.{kind}.{named}": label for kind, label in NEW_FIELDS.items()}
        if chosen.startswith("new."):
            new.setdefault(chosen, chosen.split(".", 2)[-1])
        own = [(path, label, _option(path, label)) for path, label in new.items()]
        parts = [_option("", _("Leave out"), chosen=not chosen)]
        for title, options in (*self._groups, (_("A field of your own"), own)):
            lines = ((_option(path, label, chosen=True) if path == chosen else line,) for path, label, line in options)
            parts.append(format_html('<optgroup label="{}">{}</optgroup>', title, format_html_join("", "{}", lines)))
        return format_html_join("", "{}", ((part,) for part in parts))


def _option(value: str, label: Any, *, chosen: bool = False) -> SafeString:
    shape = '<option value="{}" selected>{}</option>' if chosen else '<option value="{}">{}</option>'
    return format_html(shape, value, label)
