"""Meetings for other systems."""

from journeys.meetings.api.meetings import routes

__all__ = ["routes"]
