"""The nouns of HOW: the operating model's blueprints, plays with their versions, and runs."""

from blueprints.models.blueprint import Blueprint, Chapter
from blueprints.models.play import Play, PlayState, PlayVersion
from blueprints.models.run import Run, RunTask

__all__ = ["Blueprint", "Chapter", "Play", "PlayState", "PlayVersion", "Run", "RunTask"]
