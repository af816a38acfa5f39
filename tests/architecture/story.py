"""One of everything in Acme, so that guards can ask for things that exist."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from types import SimpleNamespace

from django.apps import apps

from accounts.tenancy.context import tenant_context
from accounts.tenancy.models import TenantModel

ID = re.compile(r"<(?:[a-z]+:)?([a-z_]+)>")
NOWHERE = 987654321


@dataclass
class Story:
    """Ids by model; a route's address is tried with the ids of every kind, since a route doesn't say which it takes."""

    ids: dict[str, list[int]] = field(default_factory=dict)
    words: dict[str, list[str]] = field(default_factory=dict)

    def addresses(self, path: str) -> list[str]:
        names = ID.findall(path)
        choices = [self.words.get(name) or sorted({pk for pks in self.ids.values() for pk in pks}) for name in names]
        return [self._fill(path, names, values) for values in itertools.product(*choices)]

    def nowhere(self, path: str) -> str:
        names = ID.findall(path)
        return self._fill(path, names, [self.words.get(n, [NOWHERE])[0] for n in names])

    @staticmethod
    def _fill(path: str, names: list[str], values: object) -> str:
        for name, value in zip(names, values, strict=True):
            path = re.sub(rf"<(?:[a-z]+:)?{name}>", str(value), path)
        return path


def collect_ids(cast: SimpleNamespace) -> dict[str, list[int]]:
    with tenant_context(cast.tenant):
        return {
            model.__name__: list(model.objects.order_by("pk").values_list("pk", flat=True)[:2])
            for model in apps.get_models()
            if issubclass(model, TenantModel)
        }
