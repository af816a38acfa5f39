"""A plan on paper: what the reader gives, laid out on A4, and nothing that it doesn't give."""

from journeys.plans.document.pages import pdf

__all__ = ["pdf"]
