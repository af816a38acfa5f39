"""Which plays watch, in which wording; those that ask for what nobody knows any more stop by themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from accounts import timeline
from accounts.knowing.columns import needed
from accounts.registry import Fact, known_facts
from blueprints import rules
from blueprints.actions import notices
from blueprints.models import Fate, Play, PlayState, PlayVersion

EVENT = "event."


@dataclass(frozen=True)
class Watch:
    """The facts that are known in this workspace, and the wordings that can be tested by them."""

    known: dict[str, Fact]
    versions: Sequence[PlayVersion]

    def facts(self) -> list[Fact]:
        """What the conditions ask for, each once."""
        return needed((name for version in self.versions for name in of_account(version.conditions)), self.known)


def of_account(tree: rules.Tree) -> list[str]:
    return [name for name in rules.names(tree) if not name.startswith(EVENT)]


def kept(tree: rules.Tree, known: rules.Known) -> list[str]:
    """Names under which a match keeps what was known: the facts and their days."""
    facts = needed(of_account(tree), known)
    return [fact.name for fact in facts] + sorted({f"@{fact.dated_by}" for fact in facts if fact.dated_by})


def fact_plays() -> Watch:
    """Plays that watch facts, on or in the shadow."""
    return judged(Play.objects.watching().filter(trigger=""))


def listening(kinds: Iterable[str]) -> Watch:
    """Plays that listen to events of these kinds, or did until they were paused."""
    return judged(Play.objects.filter(trigger__in=set(kinds)).exclude(state=PlayState.DRAFT))


def judged(plays: Any) -> Watch:
    """Without those whose conditions or exit no longer fit what is known: they are paused and say why."""
    newest = PlayVersion.objects.filter(play__in=plays).order_by("play_id", "-number").distinct("play_id")
    versions = list(newest.select_related("play"))
    if not versions:
        return Watch({}, [])
    known = known_facts()
    sound = []
    for version in versions:
        if problems := problems_of(version, known):
            _disable(version.play, problems)
        else:
            sound.append(version)
    return Watch(known, sound)


def problems_of(version: PlayVersion, known: rules.Known) -> list[str]:
    of_event = bool(version.play.trigger)
    return rules.validate(version.conditions, known, of_event=of_event) + rules.validate(
        version.exit, known, of_event=False
    )


def fate_of(version: PlayVersion) -> Fate:
    return Fate.LOGGED if version.play.state == PlayState.SHADOW else Fate.WAITING


def stop(play: Play, why: str, kind: str) -> None:
    """The play is paused by the engine, which says why: on the play, on the record, and to whoever may mend it."""
    why = why[:300]
    Play.objects.filter(pk=play.pk).update(state=PlayState.PAUSED, stopped_because=why)
    play.state, play.stopped_because = PlayState.PAUSED, why
    timeline.record(kind, by=None, play=play.name, play_id=play.pk, reason=why)
    notices.tell_editors(f"“{play}” stopped by itself: {why}")


def _disable(play: Play, problems: list[str]) -> None:
    if play.state in (PlayState.ON, PlayState.SHADOW):
        stop(play, " ".join(problems), "play.disabled")
