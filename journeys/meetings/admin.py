"""Meetings in the workspace's admin, to read."""

from accounts.admin import register
from journeys.meetings.models import AgendaPoint, Attendee, Decision, Mail, Meeting, NextStep

register(Meeting, AgendaPoint, Attendee, Mail, Decision, NextStep)
