"""A record as a page tells it: which row, about whom, what changes, why it was refused, whom it may double."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import formats
from accounts.access import MemberRequest, visible_accounts
from accounts.imports.fields import fact_path
from accounts.imports.models import Import, Noun, Record, Stage, Verdict
from accounts.models import CustomField, ExternalFact, Membership

PERSONS = ("csm_id", "ae_id", "delivery_id", "author_id")
LABELS = {
    "csm_id": "CSM", "ae_id": "Account executive", "delivery_id": "Delivery", "author_id": "Author", "name": "Name",
    "amount_minor": "ARR", "external_id": "External id", "email": "E-mail", "title": "Job title", "arr_minor": "ARR",
    "not_won": "Left out, since its stage isn’t won",
}  # fmt: skip
LONGEST = 120
# What is kept to take it back, beside what changes.
INNER = frozenset({"stood", "product", "account_currency", "facts_on"})
# What tells one from another, before all the rest.
FIRST = ("name", "email", "domain", "external_id", "code", "body", "start_on", "end_on", "amount_minor")
ONE = {
    Noun.PRODUCT: gettext_lazy("Product"), Noun.ACCOUNT: gettext_lazy("Account"), Noun.CONTACT: gettext_lazy("Contact"),
    Noun.CONTRACT: gettext_lazy("Contract"), Noun.NOTE: gettext_lazy("Note"),
}  # fmt: skip


@dataclass
class Told:
    number: int
    noun: str
    name: str
    href: str = ""
    account: str = ""
    state: str = ""
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    details: list[tuple[str, str]] = field(default_factory=list)
    errors: list[dict[str, str]] = field(default_factory=list)
    possible: list[tuple[str, str]] = field(default_factory=list)


def told(request: MemberRequest, job: Import, records: Sequence[Record]) -> list[Told]:
    """Four questions for any number of records: the rows' accounts, the accounts, the people, the own fields."""
    of_row = _accounts_of_rows(job, records)
    wanted = {pk for record in records for pk in record.possible}
    wanted |= {pk for pk, _name in of_row.values() if pk}
    names = dict(visible_accounts(request).filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}
    words = _Words(job, records)
    return [_told(record, of_row.get(record.number), names, words) for record in records]


def _accounts_of_rows(job: Import, records: Sequence[Record]) -> dict[int, tuple[int | None, str]]:
    numbers = {record.number for record in records}
    found = Record.objects.filter(job=job, noun=Noun.ACCOUNT, number__in=numbers) if numbers else Record.objects.none()
    return {record.number: (record.target_id, record.values.get("name", "")) for record in found}


class _Words:
    """Turns a column's value into what people read."""

    def __init__(self, job: Import, records: Sequence[Record]) -> None:
        self.undone, self.stopped = job.stage == Stage.UNDONE, job.stage == Stage.STOPPED
        said = [each for record in records for each in (record.values, record.before or {})]
        ids: set[int] = {each[key] for each in said for key in PERSONS if each.get(key)}
        people = Membership.objects.filter(tenant_id=job.tenant_id, user_id__in=ids)
        self._people = dict(people.values_list("user_id", "user__name")) if ids else {}
        self._fields = dict(CustomField.objects.values_list("key", "label"))
        facts = ExternalFact.objects.values_list("key", "label")
        self._fields |= {fact_path(key): label for key, label in facts}

    def state(self, record: Record) -> str:
        """Where an import was stopped on the way, whether its turn had come."""
        if not self.stopped or record.verdict not in (Verdict.CREATE, Verdict.CHANGE):
            return ""
        return _("Written") if record.done else _("Not written yet")

    def label(self, key: str) -> str:
        return LABELS.get(key) or self._fields.get(key) or key.replace("_", " ").capitalize()

    def pairs(self, values: Mapping[str, Any]) -> Iterable[tuple[str, Any, Any]]:
        """(key, value, currency), the own fields and external facts among them."""
        flat = {key: value for key, value in values.items() if key not in ("custom", "facts")}
        flat |= dict(values.get("custom") or {})
        flat |= {fact_path(key): value for key, value in (values.get("facts") or {}).items()}
        for key in sorted(flat, key=lambda key: FIRST.index(key) if key in FIRST else len(FIRST)):
            yield key, flat[key], values.get("currency") or "USD"

    def text(self, key: str, value: Any, currency: str = "USD") -> str:
        if value in (None, "", [], {}):
            return ""
        if key in PERSONS:
            return self._people.get(value, str(value))
        if key.endswith("_minor") and isinstance(value, int):
            return formats.money(value, currency)
        if isinstance(value, bool):
            return _("Yes") if value else _("No")
        said = _day(value) if isinstance(value, str) else str(value)
        return said if len(said) <= LONGEST else said[:LONGEST] + "…"


def _day(text: str) -> str:
    """Days are kept as 2026-03-31; people read 31 Mar 2026."""
    try:
        return formats.date(dt.date.fromisoformat(text)) if len(text) == 10 else text
    except ValueError:
        return text


def _told(record: Record, account: tuple[int | None, str] | None, names: Mapping[int, str], words: _Words) -> Told:
    pk, said = account or (None, "")
    values = list(words.pairs(record.values))
    details = [(words.label(key), words.text(key, value, currency)) for key, value, currency in values]
    details = [pair for pair in details if pair[1]]
    name = _name(record, details)
    before = {key: value for key, value in (record.before or {}).items() if key not in INNER}
    after = {key: (value, currency) for key, value, currency in values}
    return Told(
        number=record.number,
        noun=str(ONE[Noun(record.noun)]),
        name=name[:LONGEST],
        href=reverse("accounts:account-detail", args=[pk]) if pk in names else "",
        account=names.get(pk or 0, said) if record.noun != Noun.ACCOUNT else "",
        state=words.state(record),
        changes=[
            (words.label(key), words.text(key, value, currency), words.text(key, *after.get(key, (None, currency))))
            for key, value, currency in words.pairs(before)
        ],
        details=[pair for pair in details if pair[1] != name][:6],
        errors=[each for each in record.errors if not words.undone or each.get("step") == "undo"],
        possible=[(reverse("accounts:account-detail", args=[pk]), names[pk]) for pk in record.possible if pk in names],
    )


def _name(record: Record, details: Sequence[tuple[str, str]]) -> str:
    """Where it has no name, its term or whatever the row says first."""
    said = record.values
    if said.get("name"):
        return str(said["name"])
    if said.get("start_on") and said.get("end_on"):
        return _("%(start)s to %(end)s") % {"start": _day(said["start_on"]), "end": _day(said["end_on"])}
    return details[0][1] if details else ""
