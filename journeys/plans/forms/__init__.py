"""What a person may say about a plan, its items, and the workspace's templates."""

from journeys.plans.forms.acts import (
    AchieveForm,
    AgreeForm,
    CloseForm,
    CommentForm,
    ConfirmForm,
    DropForm,
    MeasureForm,
    ReviewForm,
)
from journeys.plans.forms.items import ObjectiveForm, PlanForm, StepForm, TopicForm
from journeys.plans.forms.templates import LineForm, TemplateForm

__all__ = [
    "AchieveForm",
    "AgreeForm",
    "CloseForm",
    "CommentForm",
    "ConfirmForm",
    "DropForm",
    "LineForm",
    "MeasureForm",
    "ObjectiveForm",
    "PlanForm",
    "ReviewForm",
    "StepForm",
    "TemplateForm",
    "TopicForm",
]
