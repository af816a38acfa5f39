"""Where things are for a customer's person who holds a link, behind /w/<slug>/p/: no sign-in, no membership."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("p/", include("journeys.plans.shared_urls")),
]
