"""What a column can mean: every field of every noun, its type, and the names that other products give it."""

from __future__ import annotations

from collections.abc import Mapping

from accounts.imports.fields.book import ACCOUNT, CONTACT, PRODUCT
from accounts.imports.fields.dealings import CONTRACT, NOTE
from accounts.imports.fields.field import CustomSpec, Field, custom_path, key_of, new_path, parsed_new, plain

__all__ = ["FIELDS", "CustomSpec", "Field", "custom_path", "field_of", "key_of", "new_path", "parsed_new", "plain"]

FIELDS: dict[str, Field] = {each.path: each for each in (*PRODUCT, *ACCOUNT, *CONTACT, *CONTRACT, *NOTE)}
_TYPES = {"boolean": "bool"}


def field_of(path: str, customs: Mapping[str, CustomSpec]) -> Field | None:
    """Any path as a field: fixed, of the tenant's own, or to be created."""
    if path in FIELDS:
        return FIELDS[path]
    if new := parsed_new(path):
        return Field(custom_path(key_of(new[1])), new[1], _TYPES.get(new[0], new[0]), longest=2000)
    key = path.removeprefix("account.").removeprefix("custom.")
    return _custom(key, customs[key]) if key in customs and path.endswith(f"custom.{key}") else None


def _custom(key: str, spec: CustomSpec) -> Field:
    choices: dict[str, tuple[str, ...]] | None = dict.fromkeys(spec.choices, ()) if spec.type == "choice" else None
    return Field(custom_path(key), spec.label or key, _TYPES.get(spec.type, spec.type), choices=choices, longest=2000)
