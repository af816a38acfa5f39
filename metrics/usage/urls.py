"""Where the pages of usage are, inside a workspace."""

from django.urls import URLPattern, path

from metrics.usage.views import keys, metrics, of_account, origins, overview

app_name = "usage"
urlpatterns: list[URLPattern] = [
    path("accounts/<int:pk>/usage/", of_account.of_account, name="of-account"),
    path("settings/usage/", overview.overview, name="overview"),
    path("settings/usage/retention/", overview.retention, name="retention"),
    path("settings/usage/metrics/new/", metrics.metric_add, name="metric-add"),
    path("settings/usage/metrics/<int:pk>/", metrics.metric_edit, name="metric-edit"),
    path("settings/usage/metrics/<int:pk>/recount/", metrics.metric_recount, name="metric-recount"),
    path("settings/usage/unmatched/", origins.origin_list, name="origin-list"),
    path("settings/usage/unmatched/<int:pk>/", origins.origin_match, name="origin-match"),
    path("settings/usage/unmatched/<int:pk>/move/", origins.origin_move, name="origin-move"),
    path("settings/usage/unmatched/<int:pk>/ignore/", origins.origin_ignore, name="origin-ignore"),
    path("settings/usage/unmatched/<int:pk>/reopen/", origins.origin_reopen, name="origin-reopen"),
    path("settings/write-keys/", keys.key_list, name="key-list"),
    path("settings/write-keys/new/", keys.key_add, name="key-add"),
    path("settings/write-keys/<int:pk>/revoke/", keys.key_revoke, name="key-revoke"),
]
