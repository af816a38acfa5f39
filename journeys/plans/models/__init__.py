"""The nouns of the Joint Impact Plan: what is aimed at, what was measured, who confirmed it, who may read it."""

from journeys.plans.models.objective import (
    Confirmation,
    Horizon,
    Measurement,
    Objective,
    ObjectiveKind,
    ObjectiveStatus,
)
from journeys.plans.models.plan import Audience, Plan, PlanStatus
from journeys.plans.models.sharing import SharedCode, SharedLink, SharedSession
from journeys.plans.models.steps import Side, Step, StepKind, Topic, TopicKind
from journeys.plans.models.talk import Comment
from journeys.plans.models.templates import PlanTemplate, TemplateLine, TemplateNoun
from journeys.plans.models.versions import Agreement, PlanVersion

__all__ = [
    "Agreement",
    "Audience",
    "Comment",
    "Confirmation",
    "Horizon",
    "Measurement",
    "Objective",
    "ObjectiveKind",
    "ObjectiveStatus",
    "Plan",
    "PlanStatus",
    "PlanTemplate",
    "PlanVersion",
    "SharedCode",
    "SharedLink",
    "SharedSession",
    "Side",
    "Step",
    "StepKind",
    "TemplateLine",
    "TemplateNoun",
    "Topic",
    "TopicKind",
]
