"""Where things are inside a workspace, behind /w/<slug>/."""

from django.urls import URLPattern, URLResolver, include, path

from accounts.admin import workspace_site

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("accounts.urls")),
    path("", include("accounts.imports.urls")),
    path("", include("journeys.urls")),
    path("", include("journeys.meetings.urls")),
    path("", include("journeys.plans.urls")),
    path("", include("journeys.people.urls")),
    path("", include("journeys.critical_events.urls")),
    path("", include("journeys.deployments.urls")),
    path("", include("journeys.onboarding.urls")),
    path("", include("blueprints.urls")),
    path("", include("metrics.urls")),
    path("", include("metrics.usage.urls")),
    path("", include("metrics.health.urls")),
    path("", include("metrics.maturity.urls")),
    path("", include("metrics.backtests.urls")),
    path("admin/", workspace_site.urls),
]
