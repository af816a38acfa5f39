"""Budgets are smell detectors: a file or a function past them wants to be two."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("accounts", "blueprints", "journeys", "metrics", "csom")
FILE_LINES, FUNCTION_LINES, VIEW_LINES, TASK_LINES = 300, 40, 30, 15
FORBIDDEN_NAMES = {"utils", "helpers", "common", "misc", "extras", "services"}


def sources() -> list[Path]:
    return [p for room in ROOMS for p in sorted((ROOT / room).rglob("*.py")) if "migrations" not in p.parts]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", sources(), ids=name)
def test_a_file_is_one_meaning_long_and_says_what_it_is(path):
    text = path.read_text()
    assert len(text.splitlines()) <= FILE_LINES
    if text.strip():
        assert ast.get_docstring(ast.parse(text)), "the first line of a module is the sign on its door"
    assert path.stem not in FORBIDDEN_NAMES


@pytest.mark.parametrize("path", sources(), ids=name)
def test_a_function_fits_into_the_eye(path):
    limit = VIEW_LINES if "views" in path.parts or path.stem == "views" else FUNCTION_LINES
    limit = TASK_LINES if path.stem == "tasks" and "actions" not in path.parts and "views" not in path.parts else limit
    long = [
        f"{node.name} ({node.end_lineno - node.lineno + 1})"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno + 1 > limit
    ]
    assert long == []


@pytest.mark.parametrize("path", sources(), ids=name)
def test_nobody_listens_to_signals(path):
    text = path.read_text()
    assert "@receiver" not in text
    assert ".signals import" not in text
    assert "django.dispatch" not in text


def test_every_template_folder_is_a_room():
    rooms = {"accounts", "imports", "blueprints", "journeys", "onboarding", "plans", "meetings", "people"}
    rooms |= {"critical_events", "deployments", "metrics", "usage", "health", "backtests", "maturity", "csom"}
    known = rooms | {"cotton", "emails", "django", "account", "mfa", "admin", "allauth", "unfold"}
    assert {p.name for p in (ROOT / "templates").iterdir() if p.is_dir()} <= known


def test_partials_say_what_they_need_and_are_used():
    everything = "\n".join(p.read_text() for p in (ROOT / "templates").rglob("*.html"))
    everything += "\n".join(p.read_text() for p in sources())
    for partial in (ROOT / "templates").rglob("_*.html"):
        if "cotton" in partial.parts or "django" in partial.parts:
            continue
        where = str(partial.relative_to(ROOT / "templates"))
        assert partial.read_text().lstrip().startswith("{# context:"), f"{where} doesn't say its context"
        assert where in everything, f"{where} is used by nobody"


def test_a_lower_room_never_looks_up_through_the_orm():
    """Import contracts can't see `filter(handoffs__…)`: a reverse name of a higher room inside a lower one."""
    higher = {"accounts": ("handoff", "journey", "spiced", "run__", "play"), "blueprints": ("handoff", "journey__")}
    for room, names in higher.items():
        for path in (ROOT / room).rglob("*.py"):
            if "migrations" in path.parts or path.stem in {"roles", "facts"}:
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.keyword) and node.arg and node.arg.split("__")[0].startswith(tuple(names)):
                    assert "__" not in node.arg, f"{path.relative_to(ROOT)}:{node.value.lineno} {node.arg}"
