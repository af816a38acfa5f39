"""Where the pages of usage are, inside a workspace."""

from django.urls import URLPattern

app_name = "usage"
urlpatterns: list[URLPattern] = []
