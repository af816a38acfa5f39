"""What plans start with in this workspace: chosen by product and segment, kept by its own people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max

from accounts import timeline
from accounts.actions.errors import named_refusals
from accounts.actions.validity import check, check_change, only, settled
from accounts.actions.writing import change, stamp
from accounts.models import Account, ContractLine, User
from journeys.plans import drafting, general
from journeys.plans.models import PlanTemplate, TemplateLine

FIELDS = ("name", "segment", "product", "north_star")
LINE = ("noun", "title", "detail", "kind", "horizon", "side", "audience", "metric", "unit", "due_days")


def for_account(account: Account, *, today: dt.date) -> PlanTemplate | None:
    """The most particular active one that fits what the account has bought and where it belongs."""
    begin()
    running = ContractLine.objects.filter(contract__account=account, end_on__gt=today)
    products = set(running.values_list("product_id", flat=True))
    active = PlanTemplate.objects.filter(active=True).order_by("id")
    return drafting.most_particular(active, segment=account.segment, products=products)


@transaction.atomic
def begin() -> None:
    """A workspace that never had a template gets the general one; what its people retired stays retired."""
    if PlanTemplate.objects.exists():
        return
    template, made = PlanTemplate.objects.get_or_create(name=general.NAME)
    if made:
        TemplateLine.objects.bulk_create(
            TemplateLine(template=template, position=position, **line) for position, line in enumerate(general.LINES)
        )


@transaction.atomic
def add(values: Mapping[str, Any], *, by: User | None) -> PlanTemplate:
    template = PlanTemplate(**only(values, FIELDS))
    check(template)
    with named_refusals(PlanTemplate):
        template.save(force_insert=True)
    settled(template)
    _tell("plan_template.added", template, by)
    return template


@transaction.atomic
def edit(
    template: PlanTemplate, values: Mapping[str, Any], *, by: User | None, version: int | None = None
) -> PlanTemplate:
    """Plans that were drafted before stay as they are. Stale `version`: Conflict."""
    given = only(values, FIELDS)
    check_change(template, given)
    if change(template, given, version=version):
        _tell("plan_template.edited", template, by)
    return template


@transaction.atomic
def retire(template: PlanTemplate, *, by: User | None, version: int | None = None) -> PlanTemplate:
    """No plan starts with it any more."""
    if change(template, {"active": False}, version=version):
        _tell("plan_template.retired", template, by)
    return template


@transaction.atomic
def restore(template: PlanTemplate, *, by: User | None, version: int | None = None) -> PlanTemplate:
    if change(template, {"active": True}, version=version):
        _tell("plan_template.restored", template, by)
    return template


@transaction.atomic
def add_line(template: PlanTemplate, values: Mapping[str, Any], *, by: User | None) -> TemplateLine:
    last = template.lines.aggregate(last=Max("position"))["last"]
    line = TemplateLine(template=template, position=0 if last is None else last + 1, **only(values, LINE))
    check(line)
    line.save(force_insert=True)
    stamp(template)
    _tell("plan_template.edited", template, by, line=line.title)
    return line


@transaction.atomic
def edit_line(
    line: TemplateLine, values: Mapping[str, Any], *, by: User | None, version: int | None = None
) -> TemplateLine:
    """Changes what differs. Stale `version`: Conflict."""
    given = only(values, LINE)
    check_change(line, given)
    if change(line, given, version=version):
        stamp(line.template)
        _tell("plan_template.edited", line.template, by, line=line.title)
    return line


@transaction.atomic
def remove_line(line: TemplateLine, *, by: User | None) -> None:
    template = line.template
    line.delete()
    stamp(template)
    _tell("plan_template.edited", template, by, line=line.title)


def _tell(kind: str, template: PlanTemplate, by: User | None, **facts: Any) -> None:
    about: dict[str, Any] = {
        "template_id": template.pk,
        "name": template.name,
        "who": by.name if by else "Another system",
    }
    timeline.record(kind, by=by, **(about | facts))
