"""Joint Impact Plans in the workspace's admin, to read."""

from accounts.admin import register
from journeys.plans.models import (
    Agreement,
    Comment,
    Confirmation,
    Measurement,
    Objective,
    Plan,
    PlanTemplate,
    PlanVersion,
    SharedCode,
    SharedLink,
    SharedSession,
    Step,
    TemplateLine,
    Topic,
)

register(Plan, Objective, Measurement, Confirmation, Step, Topic, Comment, PlanVersion, Agreement)
register(PlanTemplate, TemplateLine, SharedLink, SharedCode, SharedSession)
