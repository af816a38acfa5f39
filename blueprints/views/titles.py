"""What a step of a run said when it was taken; before that, what it will say with its variables by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from accounts.registry import Fact
from blueprints import texts
from blueprints.models import Notice, Run, RunStep
from blueprints.rules import asked_of

CUSTOM = "custom."


class Titles:
    def __init__(self, run: Run, taken: Sequence[RunStep], known: Mapping[str, Fact]) -> None:
        self.labels = labels(known, run.play.trigger)
        first = {step.number: made[0] for step in taken if (made := step.did.get("notices"))}
        said = dict(Notice.objects.filter(pk__in=first.values()).values_list("pk", "text")) if first else {}
        self.notices = {number: said[pk] for number, pk in first.items() if pk in said}

    def of(self, step: RunStep | None, title: str) -> str:
        """`title` as the version has it."""
        if step is not None and step.number in self.notices:
            return self.notices[step.number]
        if step is not None and (drafts := step.did.get("drafts")):
            return str(drafts[0]["subject"])
        return texts.named(title, self.labels)


def labels(known: Mapping[str, Fact], trigger: str) -> dict[str, str]:
    """The variables of texts as people call them."""
    facts = {f"{texts.FACT}{name}": str(fact.label) for name, fact in known.items()}
    own = {f"account.{name}": str(fact.label) for name, fact in known.items() if name.startswith(CUSTOM)}
    return texts.VARIABLES | facts | own | {name: str(fact.label) for name, fact in asked_of(trigger).items()}
