"""What accounts says that it knows: kinds of events, and facts about an account."""

from accounts.facts import book, contracts, kinds, own

__all__ = ["book", "contracts", "kinds", "own"]
