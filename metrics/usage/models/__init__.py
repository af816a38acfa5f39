"""Nouns of usage: who sends, what came, whom it belongs to, what is counted and the figures of each day."""

from metrics.usage.models.daily import Daily
from metrics.usage.models.event import Arrival, Message, Refusal, UsageEvent
from metrics.usage.models.intake import Intake, WriteKey
from metrics.usage.models.metric import Aggregate, Metric, Source
from metrics.usage.models.origin import Origin, OriginKind, OriginState

__all__ = [
    "Aggregate", "Arrival", "Daily", "Intake", "Message", "Metric", "Origin", "OriginKind", "OriginState", "Refusal",
    "Source", "UsageEvent", "WriteKey",
]  # fmt: skip
