"""Where the pages of critical events are, inside a workspace."""

from django.urls import URLPattern

app_name = "critical_events"
urlpatterns: list[URLPattern] = []
