"""Where the pages of health are, inside a workspace."""

from django.urls import URLPattern, path

from metrics.health.views import board, drafts, hand, models, of_account, validation, versions

app_name = "health"
urlpatterns: list[URLPattern] = [
    path("health/", board.board, name="board"),
    path("health/movements/", board.export, name="export"),
    path("health/sign-offs/<int:pk>/", versions.sign_off, name="sign-off"),
    path("health/sign-offs/<int:pk>/preview/", versions.signed_preview, name="sign-off-preview"),
    path("tasks/<int:pk>/health/panel/", versions.task_panel, name="task-panel"),
    path("accounts/<int:pk>/health/", of_account.of_account, name="of-account"),
    path("accounts/<int:pk>/health/judge/<slug:measure>/", hand.judge, name="judge"),
    path("accounts/<int:pk>/health/by-hand/", hand.override, name="override"),
    path("accounts/<int:pk>/health/by-hand/lift/", hand.lift, name="lift"),
    path("settings/health/", models.model_list, name="model-list"),
    path("settings/health/begin/", models.begin, name="begin"),
    path("settings/health/new/", models.model_add, name="model-add"),
    path("settings/health/predicts/", validation.predicts, name="predicts"),
    path("settings/health/import/", versions.bring, name="bring"),
    path("settings/health/<int:pk>/", models.model_detail, name="model-detail"),
    path("settings/health/<int:pk>/edit/", models.model_edit, name="model-edit"),
    path("settings/health/<int:pk>/move/", models.model_move, name="model-move"),
    path("settings/health/<int:pk>/archive/", models.model_archive, name="model-archive"),
    path("settings/health/<int:pk>/draft/", models.model_draft, name="model-draft"),
    path("settings/health/drafts/<int:pk>/", drafts.draft, name="draft"),
    path("settings/health/drafts/<int:pk>/preview/", drafts.preview, name="preview"),
    path("settings/health/drafts/<int:pk>/publish/", drafts.publish, name="publish"),
    path("settings/health/drafts/<int:pk>/shadow/", drafts.shadow, name="shadow"),
    path("settings/health/drafts/<int:pk>/drop/", drafts.drop, name="drop"),
    path("settings/health/drafts/<int:pk>/ask/", versions.ask, name="ask"),
    path("settings/health/sign-offs/<int:pk>/spare/", versions.spare, name="sign-off-spare"),
    path("settings/health/versions/<int:pk>/", versions.version, name="version"),
    path("settings/health/versions/<int:pk>/retire/", versions.retire, name="retire"),
    path("settings/health/versions/<int:pk>/yaml/", versions.as_yaml, name="yaml"),
]
