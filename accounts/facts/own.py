"""Facts that each tenant names for itself: its own fields, and what other systems push."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.models import CustomField, ExternalFact, FieldType
from accounts.registry import Fact, FactType, Source, tenant_source

FIELDS = """
SELECT id, (SELECT jsonb_object_agg('custom.' || key, value) FROM jsonb_each(custom)
    WHERE key = ANY(%(custom_keys)s) AND value NOT IN ('null', '""'))
FROM accounts_account WHERE tenant_id = %(tenant)s AND id = ANY(%(ids)s::bigint[]) AND custom <> '{}'
"""
EXTERNAL = """
SELECT v.account_id,
    jsonb_object_agg('ext.' || f.key, v.value) || jsonb_object_agg('@ext.' || f.key, v.observed_on)
FROM accounts_externalvalue v JOIN accounts_externalfact f ON f.tenant_id = %(tenant)s AND f.id = v.fact_id
WHERE v.tenant_id = %(tenant)s AND v.account_id = ANY(%(ids)s::bigint[]) AND f.active
    AND v.received_at <= %(at)s AND v.observed_on <= %(today)s
GROUP BY v.account_id
"""


def _of_field(field: CustomField) -> Fact:
    kind = FactType.TEXT if field.type == FieldType.TEXT else FactType(field.type)
    choices = tuple((choice, choice) for choice in field.choices)
    return Fact(f"custom.{field.key}", field.label, kind, choices=choices)


def _of_external(fact: ExternalFact) -> Fact:
    name = f"ext.{fact.key}"
    choices = tuple((choice, choice) for choice in fact.choices)
    return Fact(
        name, fact.label, FactType(fact.type), unit=fact.unit, choices=choices, dated_by=name,
        fresh_days=fact.fresh_days, help=_("Pushed by another system."),
    )  # fmt: skip


def _fields() -> Source | None:
    fields = list(CustomField.objects.filter(active=True))
    facts = tuple(_of_field(field) for field in fields)
    return Source("custom", facts, FIELDS, True, {"custom_keys": [f.key for f in fields]}) if fields else None


def _external() -> Source | None:
    facts = tuple(_of_external(fact) for fact in ExternalFact.objects.filter(active=True))
    return Source("ext", facts, EXTERNAL, True) if facts else None


tenant_source("custom", _fields)
tenant_source("ext", _external)
