"""Plays through the API: written, switched, asked; what they did, what they ask leave for and what they send."""

from blueprints.api.routes import routes

__all__ = ["routes"]
