"""So many calls a minute and key, said in every answer's headers."""

from __future__ import annotations

from rest_framework.throttling import BaseThrottle


class KeyThrottle(BaseThrottle):
    def allow_request(self, request: object, view: object) -> bool:
        return True
