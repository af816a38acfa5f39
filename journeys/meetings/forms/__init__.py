"""What a person may say about a meeting."""

from journeys.meetings.forms.capture import CancelForm, CloseForm, DecisionForm, GuestForm, NotesForm, StepForm
from journeys.meetings.forms.schedule import ScheduleForm

__all__ = ["CancelForm", "CloseForm", "DecisionForm", "GuestForm", "NotesForm", "ScheduleForm", "StepForm"]
