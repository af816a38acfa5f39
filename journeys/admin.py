"""The journey in the workspace's admin, to read."""

from accounts.admin import register
from journeys.models import Journey, SpicedConfirmation, SpicedEntry

register(Journey, SpicedEntry, SpicedConfirmation)
