"""Where things are outside every workspace."""

from django.urls import URLPattern, URLResolver, include, path

from csom import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include("allauth.urls")),
    path("api/v1/", include("csom.api")),
    path("healthz", health.ready, name="healthz"),
    path("healthz/live", health.live, name="healthz-live"),
    path("mail/", include("csom.mail")),
]
