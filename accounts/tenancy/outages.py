"""Problems of the database that pass by themselves: what met one is done again, and is no fault of its own."""

from __future__ import annotations

from django.db import InterfaceError, OperationalError

# Lost or refused connections, deadlocks and other roll-backs, no room, shut down by an operator, broken machines.
CLASSES = ("08", "40", "53", "57", "58")
LOCKED = "55P03"
CANCELED = "57014"  # took too long by what was allowed, or somebody stopped it: it would again


def passes(problem: BaseException) -> bool:
    """Whether the same may well succeed later, unchanged. A connection that broke has no code at all."""
    if not isinstance(problem, OperationalError | InterfaceError):
        return False
    code = getattr(problem.__cause__, "pgcode", None)
    if code is None:
        return True
    return code != CANCELED and (code == LOCKED or code[:2] in CLASSES)
