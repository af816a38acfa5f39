"""Facts that other systems know: said once what they are; a key and a type stay, since conditions hang on them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from accounts import timeline
from accounts.actions import knowledge
from accounts.actions.errors import named_refusals, refuse
from accounts.actions.validity import check, check_change, only
from accounts.actions.writing import change, told
from accounts.models import ExternalFact, ExternalType, User

FIELDS = ("key", "label", "type", "unit", "choices", "fresh_days", "active")
EDITABLE = ("label", "unit", "choices", "fresh_days", "active")
MOST = 100


@transaction.atomic
def define(values: Mapping[str, Any], *, by: User | None) -> ExternalFact:
    """values: label, type, unit, choices of a list, fresh_days; the key is made from the label unless given."""
    wanted = only(values, FIELDS)
    wanted["key"] = wanted.get("key") or slugify(wanted.get("label", "")).replace("-", "_")[:40].strip("_")
    if not wanted["key"]:
        raise refuse("key", "Give the fact a key of letters and digits.")
    if ExternalFact.objects.count() >= MOST:
        raise refuse("", f"A workspace has at most {MOST} facts of its own.")
    wanted["choices"] = _choices(wanted.get("type", ""), wanted.get("choices") or [])
    fact = ExternalFact(**wanted, created_by=by)
    check(fact)
    with named_refusals(ExternalFact):
        fact.save(force_insert=True)
    fact.refresh_from_db()
    timeline.record("external_fact.defined", by=by, fact_id=fact.pk, key=fact.key, label=fact.label)
    return fact


@transaction.atomic
def edit(fact: ExternalFact, values: Mapping[str, Any], *, by: User, version: int | None = None) -> ExternalFact:
    """Label, unit, list, freshness and whether it is in use; with `version`, Conflict when somebody else was first."""
    wanted = {name: values[name] for name in EDITABLE if name in values}
    if "choices" in wanted:
        wanted["choices"] = _choices(fact.type, wanted["choices"] or [])
    check_change(fact, wanted)
    changed = change(fact, wanted, version=version)
    if changed:
        timeline.record("external_fact.edited", by=by, fact_id=fact.pk, label=fact.label, **told(changed))
    if changed.keys() & {"active", "fresh_days"}:
        # Another freshness finds nothing new, but scores and plays may see what is there otherwise.
        knowledge.note_all(derived_only="active" not in changed)
    return fact


def _choices(kind: str, choices: list[str]) -> list[str]:
    if kind != ExternalType.CHOICE:
        return []
    tidy = list(dict.fromkeys(str(choice).strip() for choice in choices if str(choice).strip()))
    if not tidy:
        raise refuse("choices", "Name at least one value to choose.")
    return tidy
