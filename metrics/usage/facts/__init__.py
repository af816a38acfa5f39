"""What usage tells the timeline, and what it knows about an account."""

from metrics.usage.facts import figures, kinds

__all__ = ["figures", "kinds"]
