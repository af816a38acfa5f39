"""What was taken out of the workspace in one piece, and by whom."""

from __future__ import annotations

from collections.abc import Sequence

from accounts import timeline
from accounts.models import Event, User


def note(asked: str, columns: Sequence[str], *, by: User) -> Event:
    """`asked`: the list's address, which says its filters and order."""
    return timeline.record("portfolio.exported", by=by, name=str(by), asked=asked, columns=list(columns))


def note_lists(nouns: Sequence[str], kind: str, *, archived: bool, by: User) -> Event:
    """Whole lists, such as ["contacts"], as csv, xlsx or json."""
    return timeline.record(
        "data.exported", by=by, name=str(by), lists=", ".join(nouns), format=kind.upper(), archived=archived
    )
