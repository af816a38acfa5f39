"""What a person may say: in a handoff, around the kickoff, of First Impact, and on the board."""

from journeys.onboarding.forms.answers import AnswerForm, MarkForm, PersonForm, PromiseForm
from journeys.onboarding.forms.board import HoldForm, TargetForm
from journeys.onboarding.forms.kickoff import (
    DefineForm,
    HeldForm,
    KickoffForm,
    KickoffTimeForm,
    ReachForm,
    SaidForm,
)
from journeys.onboarding.forms.opening import NewAccountForm, OpenForm
from journeys.onboarding.forms.steps import (
    AcceptForm,
    AgendaForm,
    DropForm,
    RepForm,
    ReturnForm,
    SettleForm,
    SubmitForm,
)

__all__ = [
    "AcceptForm",
    "AgendaForm",
    "AnswerForm",
    "DefineForm",
    "DropForm",
    "HeldForm",
    "HoldForm",
    "KickoffForm",
    "KickoffTimeForm",
    "MarkForm",
    "NewAccountForm",
    "OpenForm",
    "PersonForm",
    "PromiseForm",
    "ReachForm",
    "RepForm",
    "ReturnForm",
    "SaidForm",
    "SettleForm",
    "SubmitForm",
    "TargetForm",
]
