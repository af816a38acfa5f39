"""Where the pages of people map are, inside a workspace."""

from django.urls import path

from journeys.people import views

app_name = "people"
urlpatterns = [path("accounts/<int:pk>/people/map/", views.panel, name="panel")]
