"""What accounts says that it knows: kinds of events, and facts about an account."""

from accounts.facts import book, kinds, own

__all__ = ["book", "kinds", "own"]
