"""Where the pages of people map are, inside a workspace."""

from django.urls import URLPattern

app_name = "people"
urlpatterns: list[URLPattern] = []
