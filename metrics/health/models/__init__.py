"""Nouns of health: models and their versions, who signs them, what a CSM judged, and what was set by hand."""

from metrics.health.models.hand import Judgement, Override
from metrics.health.models.model import HealthModel, HealthVersion, State
from metrics.health.models.sign_off import Decision, SignOff, SignRole

__all__ = ["Decision", "HealthModel", "HealthVersion", "Judgement", "Override", "SignOff", "SignRole", "State"]
