"""Handoffs: the rep's answers by question, and the loop of submit, return and accept."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.api.fields import Person
from accounts.api.resource import Readable
from accounts.roles import Permission
from journeys.onboarding.actions import agenda, handoffs, promises
from journeys.onboarding.entries import (
    PEOPLE, PLAIN, Acceptance, AgendaAnswer, AnswerEntry, HandoffChange, HandoffEntry, HandoffFilters, HandoffShape,
    PromiseEntry, Return, Settlement, Submission, with_parts,
)  # fmt: skip
from journeys.onboarding.models import AgendaItem, Handoff, Promise
from journeys.onboarding.questions import BY_CODE
