"""Maturity in the workspace's admin, to be read."""

from accounts.admin import register
from metrics.maturity.models import Assessment, Matrix, MaturityTemplate, TemplateVersion

register(MaturityTemplate, TemplateVersion, Assessment, Matrix)
