"""Where a long list goes on."""

from __future__ import annotations

from accounts.access import MemberRequest


def last_seen(request: MemberRequest) -> int | None:
    """The row after which a list goes on; None where nobody said one."""
    said = request.GET.get("after", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 19 else None
