"""Where the pages of deployments are, inside a workspace."""

from django.urls import URLPattern

app_name = "deployments"
urlpatterns: list[URLPattern] = []
