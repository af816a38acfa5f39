"""Where things are inside a workspace, behind /w/<slug>/."""

from django.urls import URLPattern, URLResolver, include, path

from accounts.admin import workspace_site

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("accounts.urls")),
    path("", include("accounts.imports.urls")),
    path("", include("journeys.urls")),
    path("", include("journeys.onboarding.urls")),
    path("", include("blueprints.urls")),
    path("", include("metrics.urls")),
    path("admin/", workspace_site.urls),
]
