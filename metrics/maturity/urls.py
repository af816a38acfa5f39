"""Where the pages of maturity are, inside a workspace."""

from django.urls import URLPattern, path

from metrics.maturity.views import assessing, board, editing, settings

app_name = "maturity"
urlpatterns: list[URLPattern] = [
    path("maturity/", board.board, name="board"),
    path("accounts/<int:pk>/maturity/", assessing.of_account, name="of-account"),
    path("accounts/<int:pk>/maturity/assess/", assessing.assess, name="assess"),
    path("settings/maturity/", settings.overview, name="settings"),
    path("settings/maturity/matrix/", settings.matrix, name="matrix"),
    path("settings/maturity/new/", editing.template_add, name="template-add"),
    path("settings/maturity/<int:pk>/", editing.template_edit, name="template-edit"),
    path("settings/maturity/<int:pk>/yaml/", editing.template_yaml, name="template-yaml"),
    path("settings/maturity/<int:pk>/versions/<int:number>/", editing.template_version, name="template-version"),
    path("settings/maturity/<int:pk>/archive/", settings.template_archive, name="template-archive"),
]
