"""The nouns of THE WORK that all phases share: the journey, and what is known by letter."""

from journeys.models.journey import Journey
from journeys.models.spiced import SpicedConfirmation, SpicedEntry

__all__ = ["Journey", "SpicedConfirmation", "SpicedEntry"]
