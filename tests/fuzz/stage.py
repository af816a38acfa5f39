"""Acme and its rival, each with one of everything; in the rival's rows every word is one that nobody else may read."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from django.apps import apps
from django.db import Error, connection, models, transaction

from accounts.models import Contact, User
from accounts.tenancy.context import current_tenant_id, tenant_context
from accounts.tenancy.fields import TenantField
from accounts.tenancy.models import TenantModel
from journeys.plans.actions import sharing
from journeys.plans.models import Plan
from tests.architecture.story import OUTSIDE, Story, collect_ids, tell_story
from tests.factories import blueprints as made

# Told to nobody: it stands in the rival's texts. And what an attacker may know and say: slugs, keys and codes.
SECRET, KNOWN = "zqsecretqz", "zqknownqz"
KNOWN_COLUMNS = {"external_id", "code", "key", "ref", "message_id"}
ROLES = {"ada": "admin", "lee": "leader", "cass": "csm", "sal": "sales", "dee": "delivery", "sue": "support",
         "olly": "ops", "vera": "viewer"}  # fmt: skip
# What decides by its words what happens, or is a digest: stamping it would end the story and not hide a thing.
MACHINERY = {"secret_digest", "digest", "hash", "key_hash", "token_hash", "prefix", "token", "fingerprint"}


@dataclass
class Stage:
    acme: SimpleNamespace
    rival: SimpleNamespace
    story: Story
    theirs: Story
    token: str
    their_token: str
    unfilled: set[str]
    stamped: int


def tenants_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if issubclass(model, TenantModel)]


@dataclass(frozen=True)
class Told:
    story: Story
    token: str  # of the link that a customer's person holds
    unfilled: set[str]


def tell(cast: SimpleNamespace, *, bare: bool) -> Told:
    """The story that all guards share; `bare` adds a row of each noun that it has none of, for the rival alone."""
    story = tell_story(cast)
    with tenant_context(cast.tenant):
        token, unfilled = _link(cast), _fill(cast, bare=bare)
        story.ids = collect_ids(cast) | {"User": [getattr(cast, name).pk for name in ROLES]}
    return Told(story, token, unfilled)


def set_up(acme: SimpleNamespace, ours: Told, rival: SimpleNamespace) -> Stage:
    theirs = tell(rival, bare=True)
    return Stage(acme, rival, ours.story, theirs.story, ours.token, theirs.token, theirs.unfilled, _stamp(rival))


def _link(cast: SimpleNamespace) -> str:
    plan = Plan.objects.first()
    reader = Contact.objects.create(account=plan.account, name="Elena", email=f"elena@{cast.slug}-customer.test")
    return sharing.share(plan, reader, by=cast.cass)[1]


def _fill(cast: SimpleNamespace, *, bare: bool) -> set[str]:
    """A row of each noun that the story has none of, as bare as the database lets it be; what is left has none."""
    made.EndpointFactory(), made.DeliveryFactory(), made.MessageTemplateFactory()
    made.NoticeFactory(recipient=cast.ada)
    left = {model for model in tenants_models() if not model.objects.exists()}
    for _ in range(3 if bare else 0):
        left = {model for model in left if not _bare(model)}
    return {model.__name__ for model in left}


def _bare(model: type[models.Model]) -> bool:
    try:
        with transaction.atomic():
            values = {f.name: _some(f) for f in model._meta.local_concrete_fields if _must_be_said(f)}
            model.objects.bulk_create([model(**values)])
    except (Error, LookupError, ValueError, TypeError):
        return False
    return True


def _must_be_said(column: Any) -> bool:
    given = column.has_default() or column.has_db_default() or column.primary_key or isinstance(column, TenantField)
    return not (given or column.null or getattr(column, "generated", False))


def _some(column: Any) -> object:
    if column.is_relation:
        if column.related_model is User:
            return User.objects.filter(memberships__tenant_id=current_tenant_id()).order_by("pk")[0]
        return column.related_model.objects.order_by("pk")[0]
    if column.choices:
        return column.choices[0][0]
    kinds = {
        models.DateTimeField: dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC), models.DateField: dt.date(2026, 11, 20),
        models.BooleanField: False, models.JSONField: {}, models.DecimalField: 1, models.IntegerField: 1,
        models.CharField: "x", models.TextField: "x", models.BinaryField: b"x",
    }  # fmt: skip
    return next(value for kind, value in kinds.items() if isinstance(column, kind))


def _stamp(cast: SimpleNamespace) -> int:
    """Every text that may change says the secret, and so does every document; returns how many tables do."""
    with tenant_context(cast.tenant):
        told = sum(_say(model) for model in (*tenants_models(), *OUTSIDE))
    for name in ROLES:
        User.objects.filter(pk=getattr(cast, name).pk).update(name=f"{name} {SECRET}")
    type(cast.tenant).objects.filter(pk=cast.tenant.pk).update(name=f"Rival {SECRET}")
    return told


def _say(model: type[models.Model]) -> bool:
    """Its rows are changed column by column; where rows may not change, copies that say it are added."""
    table, theirs = model._meta.db_table, f"tenant_id = {current_tenant_id()}"
    said = {c.column: text for c in model._meta.local_concrete_fields if (text := _stamped(c))}
    changed = [_did(f'UPDATE "{table}" SET "{name}" = {text} WHERE {theirs}') for name, text in said.items()]
    if any(changed) or not said:
        return bool(said)
    numbered = {"number": "number + 1000"} if "number" in {f.name for f in model._meta.fields} else {}
    columns = [c.column for c in model._meta.local_concrete_fields if not (c.primary_key or _is_worked_out(c))]
    values = ", ".join((said | numbered).get(name, f'"{name}"') for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    return _did(f'INSERT INTO "{table}" ({names}) SELECT {values} FROM "{table}" WHERE {theirs} ORDER BY id LIMIT 20')


def _is_worked_out(column: Any) -> bool:
    return bool(getattr(column, "generated", False))


def _stamped(column: Any) -> str:
    name = column.column
    if isinstance(column, models.JSONField):
        return (
            f"CASE WHEN jsonb_typeof(\"{name}\") = 'object' "
            f'THEN "{name}" || \'{{"{SECRET}": "{SECRET}"}}\'::jsonb ELSE "{name}" END'
        )
    if not isinstance(column, models.CharField | models.TextField) or name in MACHINERY or column.choices:
        return ""
    word = KNOWN if name in KNOWN_COLUMNS else SECRET
    return f"left('{word}' || id::text || ' ' || \"{name}\", {column.max_length or 10_000})"


def _did(sql: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql.replace("%", "%%"))
            return bool(cursor.rowcount)
    except Error:
        return False
