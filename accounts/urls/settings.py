"""Where a workspace is shaped."""

from django.urls import URLPattern, path

from accounts.views import custom_fields, exports, facts, keys, members, products, teams, touch_models, workspace

urlpatterns: list[URLPattern] = [
    path("settings/", workspace.settings, name="settings"),
    path("settings/workspace/", workspace.workspace_edit, name="workspace-edit"),
    path("settings/people/", members.member_list, name="member-list"),
    path("settings/people/invite/", members.member_invite, name="member-invite"),
    path("settings/people/<int:pk>/role/", members.member_role, name="member-role"),
    path("settings/people/<int:pk>/end/", members.member_end, name="member-end"),
    path("settings/invitations/<int:pk>/revoke/", members.invitation_revoke, name="invitation-revoke"),
    path("settings/roles/", members.role_list, name="role-list"),
    path("settings/teams/", teams.team_list, name="team-list"),
    path("settings/teams/new/", teams.team_add, name="team-add"),
    path("settings/teams/<int:pk>/", teams.team_edit, name="team-edit"),
    path("settings/teams/<int:pk>/people/", teams.team_place, name="team-place"),
    path("settings/teams/<int:pk>/remove/", teams.team_remove, name="team-remove"),
    path("settings/seats/<int:pk>/release/", teams.team_release, name="team-release"),
    path("settings/keys/", keys.key_list, name="key-list"),
    path("settings/keys/new/", keys.key_add, name="key-add"),
    path("settings/keys/<int:pk>/revoke/", keys.key_revoke, name="key-revoke"),
    path("settings/products/", products.product_list, name="product-list"),
    path("settings/products/new/", products.product_add, name="product-add"),
    path("settings/products/<int:pk>/", products.product_edit, name="product-edit"),
    path("settings/fields/", custom_fields.field_list, name="field-list"),
    path("settings/fields/new/", custom_fields.field_add, name="field-add"),
    path("settings/fields/<int:pk>/", custom_fields.field_edit, name="field-edit"),
    path("settings/fields/<int:pk>/move/", custom_fields.field_move, name="field-move"),
    path("settings/facts/", facts.fact_list, name="fact-list"),
    path("settings/facts/new/", facts.fact_add, name="fact-add"),
    path("settings/facts/<int:pk>/", facts.fact_edit, name="fact-edit"),
    path("settings/export/", exports.export_list, name="export-list"),
    path("settings/export/download/", exports.export_download, name="export-download"),
    path("settings/touch-models/", touch_models.touch_list, name="touch-list"),
    path("settings/touch-models/<int:pk>/", touch_models.touch_edit, name="touch-edit"),
]
