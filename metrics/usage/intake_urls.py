"""Where senders of usage knock, at the host's root: the addresses that their libraries know by heart."""

from django.urls import URLPattern, path

from metrics.usage.views import incoming

urlpatterns: list[URLPattern] = [
    path("<str:kind>", incoming.receive, name="usage-receive"),
]
