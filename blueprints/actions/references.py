"""What steps may name in the open tenant, and steps that name it in words, for files that move between workspaces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from accounts.actions.errors import Refused
from accounts.models import Membership
from accounts.registry import known_facts
from blueprints import steps
from blueprints.models import Endpoint, MessageTemplate, Play
from blueprints.steps import Known

Said = dict[str, Any]


def known(*, of_event: bool = True) -> Known:
    return Known(
        of_event=of_event,
        facts=known_facts(),
        endpoints=dict(Endpoint.objects.values_list("pk", "kind")),
        templates=set(MessageTemplate.objects.values_list("pk", flat=True)),
        plays=set(Play.objects.values_list("code", flat=True)),
        people=set(Membership.objects.here().active().values_list("user_id", flat=True)),
    )


def checked(said: Sequence[Mapping[str, Any]], *, of_event: bool = True) -> list[Said]:
    """The steps as they are kept, or Refused with every problem by its place."""
    if errors := steps.errors(said, known(of_event=of_event)):
        raise Refused(errors)
    return [steps.plain(step) for step in said]


def portable(kept: Sequence[Mapping[str, Any]]) -> list[Said]:
    """Ids as names: endpoints and templates by theirs, people by their address."""
    names = {field: {pk: name for name, pk in ids.items()} for field, ids in _ids().items()}
    return [{name: names.get(name, {}).get(value, value) if _is_id(value) else value for name, value in step.items()}
            for step in kept]  # fmt: skip


def local(said: Sequence[Mapping[str, Any]]) -> list[Said]:
    """Names as ids. Refused names each that isn't here."""
    ids = _ids()
    errors: dict[str, list[str]] = {}
    found = []
    for number, step in enumerate(said):
        row = dict(step)
        for field in ids.keys() & row.keys():
            if isinstance(row[field], str) and row[field] in ids[field]:
                row[field] = ids[field][row[field]]
            elif isinstance(row[field], str) and field != "to":
                errors[f"steps.{number}.{field}"] = [f"There is no “{row[field]}” in this workspace."]
        found.append(row)
    if errors:
        raise Refused(errors)
    return found


def _ids() -> dict[str, dict[str, int]]:
    """`to` names a person where it isn't a word of its own, such as leader."""
    members = Membership.objects.here().active().values_list("user__email", "user_id")
    return {
        "endpoint": dict(Endpoint.objects.values_list("name", "pk")),
        "template": dict(MessageTemplate.objects.values_list("name", "pk")),
        "to": dict(members),
    }


def _is_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
