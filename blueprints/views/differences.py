"""What one wording of a play changed of the one before, in lines that begin with what they are about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from accounts.registry import Fact
from blueprints import rules
from blueprints.models import PlayVersion
from blueprints.views import saying


def differences(
    before: PlayVersion, after: PlayVersion, known: Mapping[str, Fact], currency: str, of: saying.Names
) -> list[dict[str, Any]]:
    """[{label, gone: [lines], new: [lines]}] for each part that differs."""
    older, newer = _parts(before, known, currency, of), _parts(after, known, currency, of)
    return [
        {
            "label": label,
            "gone": [line for line in older[label] if line not in newer[label]],
            "new": [line for line in newer[label] if line not in older[label]],
            "moved": sorted(older[label]) == sorted(newer[label]),
        }
        for label in older
        if older[label] != newer[label]
    ]


def _parts(version: PlayVersion, known: Mapping[str, Fact], currency: str, of: saying.Names) -> dict[str, list[str]]:
    steps = saying.steps_words(version.steps, known, currency, of)
    return {
        _("Conditions"): _tree(version.conditions, rules.askable(version.play.trigger, known), currency),
        _("Ends when"): _tree(version.exit, known, currency),
        _("Steps"): [_line(step) for step in steps],
        _("Guards"): saying.guards_words(version.guards),
    }


def _tree(tree: Mapping[str, Any], known: Mapping[str, Fact], currency: str) -> list[str]:
    return [saying.tree_words(tree, known, currency)] if tree else []


def _line(step: saying.StepSaid) -> str:
    return " · ".join(part for part in (step.label, step.title, step.owner, step.timing, step.when, step.text) if part)
