"""What a field is, how its path is written, and how headings are compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

# Of the tenant's own fields; the API may say bool.
KINDS = ("text", "number", "date", "boolean", "bool", "choice")


@dataclass(frozen=True)
class Field:
    """`type`: text, email, domain, currency, date, datetime, money, number, integer, bool, choice, member or product.

    `synonyms` mean this in any import, `own` only in one of this noun; the better ones stand first.

    `choices`: each value with other words for it. `longest`: what the table's column holds.
    """

    path: str
    label: str
    type: str = "text"
    synonyms: tuple[str, ...] = ()
    choices: Mapping[str, tuple[str, ...]] | None = None
    own: tuple[str, ...] = ()
    longest: int = 0
    clearable: bool = True

    @property
    def noun(self) -> str:
        return self.path.partition(".")[0]

    @property
    def key(self) -> str:
        return self.path.partition(".")[2]


@dataclass(frozen=True)
class CustomSpec:
    """A field or an external fact that the tenant defined; `type`: text, number, percent, date, boolean or choice."""

    type: str = "text"
    choices: tuple[str, ...] = ()
    label: str = ""


def plain(text: str) -> str:
    """A heading as it is compared: small letters, digits, single spaces; BillingCountry and billing_country are one."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text)
    folded = unicodedata.normalize("NFKD", spaced).casefold()
    bare = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return " ".join(re.findall(r"\w+", bare.replace("_", " ").replace("e-mail", "email")))


def key_of(label: str) -> str:
    """The key that a new field of this label gets from accounts.actions.custom_fields."""
    letters = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", letters)).strip("-_")
    return words.replace("-", "_")[:40]


def custom_path(key: str) -> str:
    return f"account.custom.{key}"


def fact_path(key: str) -> str:
    """A fact that another system knows; its value is pushed for the account of the row."""
    return f"fact.{key}"


def new_path(kind: str, label: str) -> str:
    """A field of the tenant's own that isn't there yet; `kind`: text, number, date, boolean or choice."""
    return f"new.{kind}.{label}"


def parsed_new(path: str) -> tuple[str, str] | None:
    """Kind and label of a field to be created; None where the path isn't one."""
    head, _, rest = path.partition(".")
    kind, _, label = rest.partition(".")
    return (kind, label.strip()) if head == "new" and kind in KINDS and label.strip() else None
