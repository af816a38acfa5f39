"""Where back-tests are, inside a workspace."""

from django.urls import path

from metrics.backtests import views

app_name = "backtests"
urlpatterns = [
    path("plays/<int:pk>/back-tests/", views.of_play, name="of-play"),
    path("back-tests/<int:pk>/", views.test_detail, name="test-detail"),
    path("back-tests/<int:pk>/keep/", views.test_keep, name="test-keep"),
]
