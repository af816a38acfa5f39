"""The nouns of HOW: blueprints, plays with their versions, matches, runs, and what leaves the house."""

from blueprints.models.blueprint import Blueprint, Chapter
from blueprints.models.match import Fate, Match
from blueprints.models.outbox import Channel, Delivery, DeliveryState, Endpoint, EndpointKind, MessageTemplate, Notice
from blueprints.models.play import Play, PlayKind, PlayState, PlayVersion
from blueprints.models.run import Run, RunState, RunStep, RunTask, StepState
from blueprints.models.turn import Heard, Turn

__all__ = [
    "Blueprint", "Channel", "Chapter", "Delivery", "DeliveryState", "Endpoint", "EndpointKind", "Fate", "Heard",
    "Match", "MessageTemplate", "Notice", "Play", "PlayKind", "PlayState", "PlayVersion", "Run", "RunState", "RunStep",
    "RunTask", "StepState", "Turn",
]  # fmt: skip
