"""Where the pages of maturity are, inside a workspace."""

from django.urls import URLPattern, path

from metrics.maturity.views import assessing, board, settings

app_name = "maturity"
urlpatterns: list[URLPattern] = [
    path("maturity/", board.board, name="board"),
    path("accounts/<int:pk>/maturity/", assessing.of_account, name="of-account"),
    path("accounts/<int:pk>/maturity/assess/", assessing.assess, name="assess"),
    path("settings/maturity/", settings.overview, name="settings"),
    path("settings/maturity/matrix/", settings.matrix, name="matrix"),
    path("settings/maturity/new/", settings.template_add, name="template-add"),
    path("settings/maturity/<int:pk>/", settings.template_edit, name="template-edit"),
    path("settings/maturity/<int:pk>/archive/", settings.template_archive, name="template-archive"),
]
