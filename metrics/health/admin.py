"""Health in the workspace's admin, to be read."""

from accounts.admin import register
from metrics.health.models import HealthModel, HealthVersion, Judgement, Override, SignOff

register(HealthModel, HealthVersion, Judgement, Override, SignOff)
