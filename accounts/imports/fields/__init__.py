"""What a column can mean: every field of every noun, its type, and the names that other products give it."""

from __future__ import annotations

from collections.abc import Mapping

from accounts.imports.fields.book import ACCOUNT, CONTACT, PRODUCT
from accounts.imports.fields.dealings import CONTRACT, NOTE
from accounts.imports.fields.field import CustomSpec, Field, custom_path, fact_path, key_of, new_path, parsed_new, plain

__all__ = [
    "FIELDS", "CustomSpec", "Field", "custom_path", "fact_path", "field_of", "key_of", "new_path", "parsed_new",
    "plain",
]  # fmt: skip

FIELDS: dict[str, Field] = {each.path: each for each in (*PRODUCT, *ACCOUNT, *CONTACT, *CONTRACT, *NOTE)}
_TYPES = {"boolean": "bool", "percent": "number"}
LONGEST_FACT = 300


def field_of(path: str, customs: Mapping[str, CustomSpec]) -> Field | None:
    """Any path as a field: fixed, of the tenant's own, or to be created. `customs`: by key, external facts by path."""
    if path in FIELDS:
        return FIELDS[path]
    if new := parsed_new(path):
        return Field(custom_path(key_of(new[1])), new[1], _TYPES.get(new[0], new[0]), longest=2000)
    if path.startswith("fact."):
        return _own(f"account.facts.{path[5:]}", customs[path], LONGEST_FACT) if path in customs else None
    key = path.removeprefix("account.").removeprefix("custom.")
    known = "." not in key and key in customs and path.endswith(f"custom.{key}")
    return _own(custom_path(key), customs[key], 2000) if known else None


def _own(path: str, spec: CustomSpec, longest: int) -> Field:
    choices: dict[str, tuple[str, ...]] | None = dict.fromkeys(spec.choices, ()) if spec.type == "choice" else None
    label = spec.label or path.rpartition(".")[2]
    return Field(path, label, _TYPES.get(spec.type, spec.type), choices=choices, longest=longest)
