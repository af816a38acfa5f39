"""Usage for other systems: values in, figures out, and what is counted."""

from rest_framework.viewsets import GenericViewSet

from metrics.usage.api.figures import FigureResource
from metrics.usage.api.keys import WriteKeyResource
from metrics.usage.api.metrics import MetricResource
from metrics.usage.api.origins import OriginResource
from metrics.usage.api.points import PointResource

routes: list[tuple[str, type[GenericViewSet], str]] = [
    ("usage/metrics", MetricResource, "usage-metric"),
    ("usage/unmatched", OriginResource, "usage-origin"),
    ("usage/write-keys", WriteKeyResource, "usage-write-key"),
    ("usage", PointResource, "usage-point"),
    (r"accounts/(?P<account_pk>[0-9]{1,18})/usage", FigureResource, "account-usage"),
]
