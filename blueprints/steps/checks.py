"""What is wrong with a list of steps: the step and the field named, before anything is saved."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from blueprints import rules, texts
from blueprints.steps.kinds import (
    BUYING_ROLES,
    CSM_ROLES,
    CUSTOM,
    EVERYWHERE,
    FIELDS,
    KINDS,
    LATEST,
    LEAST_LOADED,
    LONGEST_LINE,
    LONGEST_TITLE,
    MOST_STEPS,
    NOTICE_ROLES,
    ROLES,
    RUN_FACTS,
    SAYS,
    Known,
    Step,
    kind_of,
)

Problem = tuple[str, str]  # the field and what is wrong with it
DAYS = f"Business days from 0 to {LATEST}."


def validate(steps: Any, known: Known) -> list[str]:
    """Every problem in words: “Step 2, title: Say what is to be done.” Empty when nothing is wrong."""
    return [_sentence(place, message) for place, messages in errors(steps, known).items() for message in messages]


def errors(steps: Any, known: Known) -> dict[str, list[str]]:
    """The same by place: {"steps.1.title": [messages]}, or "steps" for the list itself."""
    if not isinstance(steps, list | tuple) or not steps:
        return {"steps": ["A play needs at least one step."]}
    if len(steps) > MOST_STEPS:
        return {"steps": [f"At most {MOST_STEPS} steps."]}
    found: dict[str, list[str]] = {}
    for number, step in enumerate(steps):
        for name, message in _wrong(step, known):
            found.setdefault(f"steps.{number}.{name}" if name else f"steps.{number}", []).append(message)
    return found


def _sentence(place: str, message: str) -> str:
    _, _, rest = place.partition(".")
    number, _, name = rest.partition(".")
    return ", ".join(part for part in (f"Step {int(number) + 1}" if number else "", name) if part) + (
        f": {message}" if number else message
    )


def _wrong(step: Any, known: Known) -> Iterator[Problem]:
    if not isinstance(step, dict):
        yield "", "A step is an object with its kind and fields."
        return
    if not texts.keepable(step):
        yield "", "It has characters that can't be kept."
        return
    kind = kind_of(step)
    if not _among(step.get("kind") or "task", KINDS):
        yield "kind", "One of: " + ", ".join(KINDS) + "."
        return
    for name in sorted(set(map(str, step)) - SAYS[kind] - EVERYWHERE):
        yield name, "This kind of step has no such field."
    if not _is_count(step.get("wait_days", 0)):
        yield "wait_days", DAYS
    yield from _wrong_tree("when", step.get("when") or {}, known)
    yield from CHECKS[kind](step, known)


def _task(step: Step, known: Known) -> Iterator[Problem]:
    title = step.get("title")
    if not isinstance(title, str) or not title.strip():
        yield "title", "Say what is to be done."
    elif len(title.strip()) > LONGEST_TITLE:
        yield "title", f"At most {LONGEST_TITLE} characters."
    else:
        yield from _wrong_text("title", title, known, line=True)
    yield from _wrong_text("detail", step.get("detail", ""), known)
    if not _among(step.get("role"), ROLES):
        yield "role", "One of: " + ", ".join(ROLES.values()) + "."
    if not _is_count(step.get("days")):
        yield "days", DAYS


def _email(step: Step, known: Known) -> Iterator[Problem]:
    roles = step.get("to_roles")
    if not isinstance(roles, list) or not roles or not all(_among(role, BUYING_ROLES) for role in roles):
        yield "to_roles", "Say who it goes to: " + ", ".join(BUYING_ROLES) + "."
    if not isinstance(step.get("approve"), bool | None):
        yield "approve", "true or false."
    if step.get("template"):
        if not _among(step["template"], known.templates):
            yield "template", "There is no such template."
        return
    for name, line in (("subject", True), ("body", False)):
        text = step.get(name)
        if not isinstance(text, str) or not text.strip():
            yield name, "Say it, or choose a template."
        elif line and len(text) > LONGEST_LINE:
            yield name, f"At most {LONGEST_LINE} characters."
        else:
            yield from _wrong_text(name, text, known, line=line, contact=True)


def _notice(step: Step, known: Known) -> Iterator[Problem]:
    if not _among(step.get("to"), NOTICE_ROLES):
        yield "to", "One of: " + ", ".join(NOTICE_ROLES.values()) + "."
    yield from _wrong_said("text", step, known)


def _slack(step: Step, known: Known) -> Iterator[Problem]:
    if not step.get("endpoint"):
        yield "endpoint", "Choose an endpoint."
    elif not _is_endpoint(step, "slack", known):
        yield "endpoint", "There is no such Slack-compatible endpoint."
    yield from _wrong_said("text", step, known)


def _webhook(step: Step, known: Known) -> Iterator[Problem]:
    if not step.get("endpoint"):
        yield "endpoint", "Choose an endpoint."
    elif not _is_endpoint(step, "webhook", known):
        yield "endpoint", "There is no such webhook."
    payload = step.get("payload") or {}
    if not isinstance(payload, dict) or not all(isinstance(name, str) and name for name in payload):
        yield "payload", "This must be an object of names and texts."
        return
    for name, text in payload.items():
        yield from ((f"payload.{name}", message) for message in _text_problems(text, known))


def _field(step: Step, known: Known) -> Iterator[Problem]:
    path = str(step.get("path", ""))
    if path not in FIELDS and not (path.startswith(CUSTOM) and path in known.facts):
        yield (
            "path",
            "One of: " + ", ".join([*FIELDS, *(name for name in known.facts if name.startswith(CUSTOM))]) + ".",
        )
    if "value" not in step or not isinstance(step["value"], str | int | float | bool | None):
        yield "value", "Say the value."


def _hand_over(step: Step, known: Known) -> Iterator[Problem]:
    if not _among(step.get("role"), CSM_ROLES):
        yield "role", "One of: " + ", ".join(CSM_ROLES.values()) + "."
    if step.get("to") != LEAST_LOADED and not _among(step.get("to"), known.people):
        yield "to", "Somebody of this workspace, or whoever has the fewest open tasks."


def _play(step: Step, known: Known) -> Iterator[Problem]:
    if not _among(step.get("code"), known.plays):
        yield "code", "There is no play of this code."


def _wait(step: Step, known: Known) -> Iterator[Problem]:
    if not step.get("until"):
        if not _is_count(step.get("days")) or not step.get("days"):
            yield "days", f"Business days from 1 to {LATEST}, or until something holds."
        return
    if "days" in step:
        yield "days", "Either days or until something holds, not both."
    yield from _wrong_tree("until", step["until"], known)
    if not _is_count(step.get("at_most_days")) or not step["at_most_days"]:
        yield "at_most_days", f"At most so many business days: from 1 to {LATEST}."


CHECKS = {
    "task": _task, "email": _email, "notice": _notice, "slack": _slack, "webhook": _webhook, "field": _field,
    "hand_over": _hand_over, "play": _play, "wait": _wait,
}  # fmt: skip


def _wrong_said(name: str, step: Step, known: Known) -> Iterator[Problem]:
    text = step.get(name)
    if not isinstance(text, str) or not text.strip():
        yield name, "Say it."
    else:
        yield from _wrong_text(name, text, known)


def _wrong_text(name: str, text: Any, known: Known, *, line: bool = False, contact: bool = False) -> Iterator[Problem]:
    yield from ((name, message) for message in _text_problems(text, known, line=line, contact=contact))


def _text_problems(text: Any, known: Known, *, line: bool = False, contact: bool = False) -> list[str]:
    check = texts.line_problems if line else texts.problems
    return check(text, facts=known.facts, contact=contact, event=known.of_event)


def _wrong_tree(name: str, tree: Any, known: Known) -> Iterator[Problem]:
    facts = dict(known.facts) | {fact.name: fact for fact in RUN_FACTS}
    yield from ((name, message) for message in rules.validate(tree, facts, of_event=False))


def _is_endpoint(step: Step, kind: str, known: Known) -> bool:
    return _among(step.get("endpoint"), known.endpoints) and known.endpoints[step["endpoint"]] == kind


def _among(value: Any, options: Collection[Any]) -> bool:
    """Whatever somebody sends: a list isn't among them, and no error either."""
    return isinstance(value, str | int) and not isinstance(value, bool) and value in options


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LATEST


def names_of(steps: Sequence[Step]) -> set[str]:
    """The facts that a list of steps asks about, in conditions and in texts."""
    found: set[str] = set()
    for step in steps:
        for tree in (step.get("when"), step.get("until")):
            found |= set(rules.names(tree)) if tree else set()
        for text in _texts(step):
            found |= {name.removeprefix(texts.FACT) for name in texts.names(text) if name.startswith(texts.FACT)}
    return found


def _texts(step: Step) -> Iterator[str]:
    for value in (*step.values(), *dict(step.get("payload") or {}).values()):
        if isinstance(value, str):
            yield value
