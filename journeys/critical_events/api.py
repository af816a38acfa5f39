"""Critical events for other systems."""

from __future__ import annotations

routes: list[tuple[str, type, str]] = []
