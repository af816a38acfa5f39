"""Blueprints, plays and runs in the workspace's admin, to read."""

from accounts.admin import register
from blueprints.models import Blueprint, Play, PlayVersion, Run, RunTask

register(Blueprint, Play, PlayVersion, Run, RunTask)
