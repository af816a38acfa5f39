"""Health for other systems: models, an account's score with its reasons, and what people say."""

from rest_framework.viewsets import GenericViewSet

from metrics.health.api.judgements import JudgementResource, OverrideResource
from metrics.health.api.models import HealthModelResource
from metrics.health.api.scores import HealthResource
from metrics.health.api.validation import ValidationResource

ACCOUNT = r"accounts/(?P<account_pk>[0-9]{1,18})"
routes: list[tuple[str, type[GenericViewSet], str]] = [
    ("health-models", HealthModelResource, "health-model"),
    ("health-validation", ValidationResource, "health-validation"),
    (f"{ACCOUNT}/health/judgements", JudgementResource, "account-judgement"),
    (f"{ACCOUNT}/health/override", OverrideResource, "account-override"),
    (f"{ACCOUNT}/health", HealthResource, "account-health"),
]
