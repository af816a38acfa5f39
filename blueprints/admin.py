"""Blueprints, plays, runs and what they send, in the workspace's admin, to read."""

from accounts.admin import register
from blueprints import models

register(
    models.Blueprint, models.Delivery, models.Endpoint, models.Heard, models.Match, models.MessageTemplate,
    models.Notice, models.Play, models.PlayVersion, models.Run, models.RunStep, models.RunTask, models.Turn,
)  # fmt: skip
