"""Where things are outside every workspace."""

from django.urls import URLPattern, URLResolver, include, path

from accounts.admin import operator_site
from csom import health, styleguide

handler500 = "csom.outage.broken"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("accounts.urls.public")),
    path("accounts/", include("accounts.urls.signin")),
    path("admin/", operator_site.urls),
    path("api/v1/", include("csom.api")),
    path("healthz", health.ready, name="healthz"),
    path("healthz/engine", health.engine, name="healthz-engine"),
    path("healthz/live", health.live, name="healthz-live"),
    path("mail/", include("csom.mail")),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("v1/", include("metrics.usage.intake_urls")),
]
