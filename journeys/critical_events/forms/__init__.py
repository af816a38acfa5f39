"""What a person may say about a critical event, its steps, its people and its stories."""

from journeys.critical_events.forms.around import AnswerForm, DarkForm, InviteForm, MessageForm, StakeholderForm
from journeys.critical_events.forms.event import EventForm, SettleForm
from journeys.critical_events.forms.steps import LineFormSet, StepForm

__all__ = [
    "AnswerForm",
    "DarkForm",
    "EventForm",
    "InviteForm",
    "LineFormSet",
    "MessageForm",
    "SettleForm",
    "StakeholderForm",
    "StepForm",
]
