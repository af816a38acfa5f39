"""Nouns of meetings."""

from journeys.meetings.models.attendee import Attendee, Mail, MailMethod
from journeys.meetings.models.meeting import (
    MOST_POINTS,
    AgendaPoint,
    GoalMet,
    Kind,
    Meeting,
    MeetingQuerySet,
    MeetingStatus,
)
from journeys.meetings.models.outcome import Decision, NextStep, StepSide

__all__ = [
    "MOST_POINTS",
    "AgendaPoint",
    "Attendee",
    "Decision",
    "GoalMet",
    "Kind",
    "Mail",
    "MailMethod",
    "Meeting",
    "MeetingQuerySet",
    "MeetingStatus",
    "NextStep",
    "StepSide",
]
