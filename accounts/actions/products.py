"""What a workspace sells. A product that no longer sells is set inactive; contracts go on naming it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from accounts import timeline
from accounts.actions.errors import named_refusals, refuse
from accounts.actions.validity import check, check_change, only
from accounts.actions.writing import change, told
from accounts.models import Product, User

FIELDS = ("name", "code", "description", "unit", "recurring", "active")


@transaction.atomic
def add(values: Mapping[str, Any], *, by: User | None) -> Product:
    """values are the fields of Product; the code is made from the name unless given."""
    wanted = only(values, FIELDS)
    wanted["code"] = wanted.get("code") or slugify(wanted.get("name", ""))[:60]
    if not wanted["code"]:
        raise refuse("code", "Give the product a code of letters, digits and hyphens.")
    product = Product(**wanted)
    check(product)
    with named_refusals(Product):
        product.save()
    timeline.record("product.added", by=by, product_id=product.pk, name=product.name)
    return product


@transaction.atomic
def edit(product: Product, values: Mapping[str, Any], *, by: User | None, version: int | None = None) -> Product:
    """With `version`, Conflict when somebody else was first."""
    wanted = only(values, FIELDS)
    check_change(product, wanted)
    changed = change(product, wanted, version=version)
    if changed:
        timeline.record(
            "product.edited",
            by=by,
            product_id=product.pk,
            name=product.name,
            **told(changed),
        )
    return product
