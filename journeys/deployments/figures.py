"""On time, on budget, on quality: numbers in, a tone and its words out. Plain Python."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

GREEN, AMBER, RED, NONE = "green", "amber", "red", "none"
DAYS_TO_RED = 5  # working days
SHARE_TO_RED = Decimal("1.10")
MOST = Decimal(100)


@dataclass(frozen=True)
class Figure:
    """A tone with its word and the number that it stands on."""

    tone: str
    word: str
    says: str = ""


def on_time(days_late: int | None, *, over: bool) -> Figure:
    """Working days after the agreed end, as expected or as it came; None without an agreed end."""
    if days_late is None:
        return Figure(NONE, "No end agreed")
    if days_late <= 0:
        return Figure(GREEN, "Was on time" if over else "On time", f"{-days_late} d early" if days_late else "")
    tone = AMBER if days_late <= DAYS_TO_RED else RED
    return Figure(tone, "Was late" if over else "Late", f"{days_late} d")


@dataclass(frozen=True)
class Use:
    """What was used, what is expected at completion, and what was planned; None where nothing was."""

    used: Decimal
    expected: Decimal
    planned: Decimal | None

    @property
    def share(self) -> Decimal | None:
        return self.expected / self.planned if self.planned else None


def expected_use(used: Decimal, remaining: Decimal | None, done_share: Decimal, *, over: bool) -> Decimal:
    """At completion: used plus what is still estimated; without estimates as it went so far."""
    if over:
        return used
    if remaining is not None:
        return used + remaining
    # Too early to tell from what went: a tenth done says little.
    return (used / done_share).quantize(Decimal("0.01")) if done_share >= Decimal("0.25") else used


def on_budget(hours: Use, money: Use, *, over: bool) -> Figure:
    """The worse of the two decides."""
    shares = [use.share for use in (hours, money) if use.share is not None]
    if not shares:
        return Figure(NONE, "No budget")
    worst = max(shares)
    says = f"{min(worst * 100, MOST * 100):.0f}% of plan"
    if worst <= 1:
        return Figure(GREEN, "Was on budget" if over else "On budget", says)
    return Figure(AMBER if worst <= SHARE_TO_RED else RED, "Was over budget" if over else "Over budget", says)


def on_quality(verdict: str, open_findings: int, escalations: int, *, critical: int = 0) -> Figure:
    """`verdict` of the last peer review: passed, findings, rework, or "" without one."""
    if critical:
        return Figure(RED, "Escalated", f"{critical} critical")
    if verdict == "rework":
        return Figure(RED, "Needs rework", _count(open_findings, "open finding"))
    if escalations:
        return Figure(AMBER, "Escalated", f"{escalations} open")
    if open_findings:
        return Figure(AMBER, "Findings", f"{open_findings} open")
    return Figure(GREEN, "On quality", "peer-reviewed") if verdict else Figure(NONE, "Not reviewed")


def _count(count: int, one: str) -> str:
    return f"{count} {one}{'' if count == 1 else 's'}" if count else ""
