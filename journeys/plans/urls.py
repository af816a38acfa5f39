"""Where the pages of Joint Impact Plans are, inside a workspace."""

from django.urls import URLPattern

app_name = "plans"
urlpatterns: list[URLPattern] = []
