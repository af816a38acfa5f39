"""What of a version can be done for thousands of accounts at once, and where one run has to be looked at alone."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from accounts.models import Tenant
from blueprints import texts
from blueprints.actions.stepping.pace import due_on, morning
from blueprints.models import PlayVersion
from blueprints.steps import kind_of
from blueprints.steps.kinds import LONGEST_TITLE

TOGETHER = ("task", "slack", "webhook")


@dataclass(frozen=True)
class Plan:
    """The first steps, that ask nothing of one account alone; then the run waits for `next_at`, or is finished."""

    version: PlayVersion
    first: tuple[tuple[int, Mapping[str, Any]], ...]
    next_step: int
    next_at: dt.datetime | None

    @property
    def speaks(self) -> bool:
        """Whether a text of the first steps names something."""
        return any(kind_of(step) != "task" or has_variables(step) for _, step in self.first)


def plan(version: PlayVersion, *, tenant: Tenant, at: dt.datetime, today: dt.date) -> Plan:
    first: list[tuple[int, Mapping[str, Any]]] = []
    for number, step in enumerate(version.steps):
        if kind_of(step) not in TOGETHER or step.get("wait_days") or step.get("when"):
            days = step.get("wait_days", 0)
            return Plan(version, tuple(first), number, morning(tenant, today, days) if days else at)
        first.append((number, step))
    return Plan(version, tuple(first), len(version.steps), None)


def has_variables(step: Mapping[str, Any]) -> bool:
    return any("{{" in str(step.get(name, "")) for name in ("title", "detail"))


def task_texts(step: Mapping[str, Any], values: Mapping[str, Any]) -> tuple[str, str]:
    """Title and detail; a title that grew past its column is cut, since its end matters least."""
    if not has_variables(step):
        return step["title"][:LONGEST_TITLE], step.get("detail", "")
    title = texts.render_line(step["title"], values)
    return title[:LONGEST_TITLE], texts.render(step.get("detail", ""), values)


def task_due(step: Mapping[str, Any], today: dt.date, country: str) -> dt.date:
    return due_on(today, int(step.get("days", 0)), country)


def message(
    step: Mapping[str, Any], values: Mapping[str, Any], *, play: Any, account: Any, run_id: int, at: dt.datetime
) -> dict[str, Any]:
    """What another system gets: a Slack-compatible text, or who, what and why as data."""
    if kind_of(step) == "slack":
        return {"text": texts.render(step["text"], values, texts.Channel.SLACK)}
    said = {name: texts.render(text, values) for name, text in (step.get("payload") or {}).items()}
    about = {"id": account.pk, "name": account.name, "external_id": account.external_id}
    data = {
        "play": {"code": play.code, "name": play.name}, "because": play.because, "account": about, "run": run_id,
        "values": said,
    }  # fmt: skip
    return {"type": "play.run", "timestamp": at.isoformat(), "data": data}


def written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
