"""The template that every workspace starts with: what a plan has before anybody knows the customer."""

from __future__ import annotations

from typing import Any

NAME = "General"
NORTH_STAR = ""

LINES: list[dict[str, Any]] = [
    {"noun": "objective", "kind": "first_impact", "title": "First Impact: the first result they can show around",
     "detail": "Agreed at the kickoff: beyond a log-in, small enough for the first weeks, seen by the people who asked "
               "for it.", "due_days": 30},
    {"noun": "objective", "kind": "adoption", "title": "The people it was bought for work with it every week",
     "metric": "People active in a week", "unit": "people", "due_days": 90},
    {"noun": "milestone", "side": "joint", "title": "Kickoff held, goals and roles agreed", "due_days": 7},
    {"noun": "milestone", "side": "us", "title": "Set up and ready for the first group", "due_days": 21},
    {"noun": "milestone", "side": "joint", "title": "First review of this plan", "due_days": 90},
    {"noun": "action", "side": "them", "title": "Name who works on this from your side, and for how many hours a week",
     "due_days": 7},
    {"noun": "action", "side": "them", "title": "Give access to the data and systems that are needed", "due_days": 14},
    {"noun": "action", "side": "us", "title": "Measure where they stand today, so that progress can be shown",
     "due_days": 14},
    {"noun": "challenge", "audience": "internal", "title": "Someone who loses by the change hasn't been heard yet",
     "detail": "Find out who, listen first, and give them a part in the rollout."},
]  # fmt: skip
