"""A play as JSON Schema: what the API, the builder and files under version control agree on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accounts.registry import Fact
from blueprints import rules
from blueprints.steps.kinds import (
    BUYING_ROLES,
    CSM_ROLES,
    FIELDS,
    LATEST,
    LEAST_LOADED,
    LONGEST_LINE,
    LONGEST_TITLE,
    MOST_STEPS,
    NOTICE_ROLES,
    ROLES,
    RUN_FACTS,
)

TEXT = {"type": "string", "minLength": 1}
DAYS = {"type": "integer", "minimum": 0, "maximum": LATEST}
FROM_ONE = {"type": "integer", "minimum": 1, "maximum": LATEST}
LINE = {"type": "string", "minLength": 1, "maxLength": LONGEST_LINE, "pattern": r"^[^\r\n]*$"}
NAMED = {"type": ["integer", "string"], "description": "An id here; in a file, the name."}


def play_schema(known: Mapping[str, Fact]) -> dict[str, Any]:
    """The whole schema, with the conditions that these facts allow."""
    trees = rules.schema(dict(known) | {fact.name: fact for fact in RUN_FACTS})
    return {
        "$schema": trees["$schema"],
        "title": "Play",
        "description": "If this holds, then these steps, because of that.",
        "type": "object",
        "required": ["name", "because", "steps"],
        "additionalProperties": False,
        "properties": {
            "code": {"type": "string", "pattern": "^[-a-zA-Z0-9_]{1,40}$"},
            "name": {"type": "string", "minLength": 1, "maxLength": 80},
            "kind": {"enum": ["risk", "opportunity", "routine"]},
            "because": TEXT,
            "trigger": {"type": "string", "maxLength": 60, "description": "A kind of event; empty: it watches facts."},
            "conditions": {"$ref": "#/$defs/tree"},
            "exit": {"$ref": "#/$defs/tree"},
            "steps": {"type": "array", "minItems": 1, "maxItems": MOST_STEPS, "items": {"$ref": "#/$defs/step"}},
            "guards": {"$ref": "#/$defs/guards"},
        },
        "$defs": trees["$defs"] | {"tree": {"anyOf": trees["anyOf"]}, "step": _step(), "guards": _guards()},
    }


def _step() -> dict[str, Any]:
    return {"anyOf": [_kind(kind, *said) for kind, said in _kinds().items()]}


def _kind(kind: str, says: dict[str, Any], required: list[str]) -> dict[str, Any]:
    common = {"kind": {"const": kind}, "wait_days": DAYS, "when": {"$ref": "#/$defs/tree"}}
    # Steps of old say no kind: all of them are tasks.
    needed = required if kind == "task" else ["kind", *required]
    return {"type": "object", "required": needed, "additionalProperties": False, "properties": common | says}


def _kinds() -> dict[str, tuple[dict[str, Any], list[str]]]:
    task = {
        "title": LINE | {"maxLength": LONGEST_TITLE}, "detail": {"type": "string"}, "role": {"enum": list(ROLES)},
        "days": DAYS, "blueprint": {"type": "string", "maxLength": 4},
    }  # fmt: skip
    email = {
        "to_roles": {"type": "array", "minItems": 1, "items": {"enum": list(BUYING_ROLES)}}, "subject": LINE,
        "body": TEXT, "template": NAMED, "approve": {"type": ["boolean", "null"]},
    }  # fmt: skip
    path = {"anyOf": [{"enum": list(FIELDS)}, {"type": "string", "pattern": r"^custom\.[a-z0-9_-]+$"}]}
    to = {"anyOf": [{"const": LEAST_LOADED}, NAMED]}
    payload = {"type": "object", "additionalProperties": {"type": "string"}}
    until = {"$ref": "#/$defs/tree"}
    return {
        "task": (task, ["title", "role", "days"]),
        "email": (email, ["to_roles"]),
        "notice": ({"to": {"enum": list(NOTICE_ROLES)}, "text": TEXT}, ["to", "text"]),
        "slack": ({"endpoint": NAMED, "text": TEXT}, ["endpoint", "text"]),
        "webhook": ({"endpoint": NAMED, "payload": payload}, ["endpoint"]),
        "field": ({"path": path, "value": {"type": ["string", "number", "boolean", "null"]}}, ["path", "value"]),
        "hand_over": ({"role": {"enum": list(CSM_ROLES)}, "to": to}, ["role", "to"]),
        "play": ({"code": TEXT}, ["code"]),
        "wait": ({"days": FROM_ONE, "until": until, "at_most_days": FROM_ONE}, []),
    }


def _guards() -> dict[str, Any]:
    clock = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}
    quiet = {"from": clock, "until": clock, "weekends": {"type": "boolean"}}
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "cool_down_days": {"type": ["integer", "null"], "minimum": 0},
            "per_csm_day": {"type": ["integer", "null"], "minimum": 1},
            "quiet": {"type": ["object", "null"], "additionalProperties": False, "properties": quiet},
            "breaker_per_hour": {"type": ["integer", "null"], "minimum": 1},
            "hold_out_percent": {"type": ["number", "null"], "minimum": 0, "maximum": 90},
            "approve": {"type": ["boolean", "null"]},
            "leave_when_over": {"type": "boolean"},
        },
    }
