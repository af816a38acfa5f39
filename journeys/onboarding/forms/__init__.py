"""What a person may say in a handoff: the opening, the answers, the steps that move it on."""

from journeys.onboarding.forms.answers import AnswerForm, MarkForm, PersonForm, PromiseForm
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
    "DropForm",
    "MarkForm",
    "NewAccountForm",
    "OpenForm",
    "PersonForm",
    "PromiseForm",
    "RepForm",
    "ReturnForm",
    "SettleForm",
    "SubmitForm",
]
