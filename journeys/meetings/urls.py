"""Where the pages of meetings are, inside a workspace."""

from django.urls import URLPattern

app_name = "meetings"
urlpatterns: list[URLPattern] = []
