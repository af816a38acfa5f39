"""Onboarding for other systems: handoffs, kickoffs, First Impacts, the board with its holds and targets."""

from rest_framework.viewsets import GenericViewSet

from journeys.onboarding.api import board, handoffs, impacts

routes: list[tuple[str, type[GenericViewSet], str]] = [*handoffs.routes, *impacts.routes, *board.routes]

__all__ = ["routes"]
