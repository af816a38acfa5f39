"""The account page."""

from accounts.views.header import header

__all__ = ["header"]
