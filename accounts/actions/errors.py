"""How an action says no: which field, why, and what stands there now."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import Model

Errors = dict[str, list[str]]


class Refused(Exception):
    """The input can't be taken: {field: [messages]}; "" is the whole."""

    def __init__(self, errors: Errors) -> None:
        self.errors = errors
        said = {field: " ".join(messages) for field, messages in errors.items()}
        super().__init__("; ".join(f"{field}: {text}" if field else text for field, text in said.items()))

    @property
    def words(self) -> str:
        """All that is wrong in a line, for a button that has no fields to say it at."""
        return " ".join(text for messages in self.errors.values() for text in messages)


class Conflict(Exception):
    """Somebody else saved in between; `current` is the row as it stands now."""

    def __init__(self, current: Model) -> None:
        self.current = current
        super().__init__("Somebody else changed this while you were editing.")


def refuse(field: str, message: str) -> Refused:
    return Refused({field: [message]})


@contextlib.contextmanager
def noting(errors: Errors) -> Iterator[None]:
    """Puts a refusal on the list instead of stopping at it: whoever asked hears of all that is wrong at once."""
    try:
        yield
    except Refused as refused:
        for field, messages in refused.errors.items():
            errors.setdefault(field, messages)


@contextlib.contextmanager
def named_refusals(model: type[Model]) -> Iterator[None]:
    """Turns a broken constraint into an error on the field that the person filled in.

    The database fills the tenant, so neither forms nor serializers can check a tenant's unique keys beforehand.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
        raise _refusal(model, name, error) from error


def _refusal(model: type[Model], name: str | None, error: IntegrityError) -> Exception:
    for constraint in model._meta.constraints:
        if constraint.name == name:
            return refuse(_field_of(constraint), str(constraint.get_violation_error_message()))
    return error


def _field_of(constraint: models.BaseConstraint) -> str:
    fields: tuple[Any, ...] = getattr(constraint, "fields", ())
    if field := getattr(constraint, "field", None):
        return str(field)
    return str(fields[-1]) if fields else ""
