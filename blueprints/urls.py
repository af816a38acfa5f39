"""Where the library, the plays and their runs are, inside a workspace."""

from django.urls import path

from blueprints.views import library, plays, runs

app_name = "blueprints"
urlpatterns = [
    path("library/", library.library, name="library"),
    path("library/<code>/", library.blueprint_detail, name="blueprint-detail"),
    path("plays/", plays.play_list, name="play-list"),
    path("plays/<int:pk>/", plays.play_detail, name="play-detail"),
    path("plays/<int:pk>/edit/", plays.play_edit, name="play-edit"),
    path("plays/<int:pk>/on/", plays.play_switch_on, name="play-switch-on"),
    path("plays/<int:pk>/pause/", plays.play_pause, name="play-pause"),
    path("plays/<int:pk>/retry/", plays.play_retry, name="play-retry"),
    path("runs/<int:pk>/", runs.run_detail, name="run-detail"),
    path("accounts/<int:pk>/plays/panel/", runs.account_panel, name="account-panel"),
]
