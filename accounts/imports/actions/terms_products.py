"""The products that a file's contracts name: found by code, else by name, else added."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.text import slugify

from accounts.imports.actions.statements import run
from accounts.imports.models import Import
from accounts.models import Event, Product

LONGEST_CODE = 60
MADE = """
UPDATE imports_record r SET before = coalesce(r.before, '{}') || jsonb_build_object('product', x.product)
FROM jsonb_to_recordset(%(rows)s::jsonb) AS x(record bigint, product bigint)
WHERE r.tenant_id = %(tenant)s AND r.id = x.record
"""


def find(words: Iterable[str]) -> dict[str, Product]:
    """By lower-case word; a code is meant before a name."""
    wanted = {word.lower() for word in words}
    rows = Product.objects.annotate(code_said=Lower("code"), name_said=Lower("name"))
    found: list[Product] = list(rows.filter(Q(code_said__in=wanted) | Q(name_said__in=wanted)).order_by("-pk"))
    by_name = {product.name.lower(): product for product in found}
    return {word: product for word, product in by_name.items() if word in wanted} | {
        product.code.lower(): product for product in found if product.code.lower() in wanted
    }


def add(job: Import, wanted: Mapping[str, tuple[str, int]]) -> dict[str, Product]:
    """New ones by word, under the name and for the record that go with it, each with a code of its own.

    Told without an inbox row.
    """
    if not wanted:
        return {}
    taken = set(Product.objects.values_list("code", flat=True))
    products = []
    for name, _record in wanted.values():
        code = _code(name, taken)
        taken.add(code)
        products.append(Product(name=name, code=code))
    Product.objects.bulk_create(products)
    Event.objects.bulk_create(
        Event(
            kind="product.added",
            actor=job.created_by,
            facts={"product_id": product.pk, "name": product.name, "import_id": job.pk},
        )
        for product in products
    )
    pairs = zip(wanted.values(), products, strict=True)
    run(job, MADE, rows=json.dumps([{"record": record, "product": made.pk} for (_name, record), made in pairs]))
    return dict(zip(wanted, products, strict=True))


def _code(name: str, taken: set[str]) -> str:
    base = slugify(name)[: LONGEST_CODE - 5].strip("-") or "product"
    code, n = base, 1
    while code in taken:
        n += 1
        code = f"{base}-{n}"
    return code
