"""Where imports are inside a workspace."""

from django.urls import URLPattern, path

from accounts.imports.views import course, index, mapping, refused, start_path

app_name = "imports"
urlpatterns: list[URLPattern] = [
    path("imports/", index.import_list, name="import-list"),
    path("imports/new/", index.import_new, name="import-new"),
    path("imports/template/", index.import_template, name="import-template"),
    path("imports/mappings/<int:pk>/forget/", index.mapping_forget, name="import-mapping-forget"),
    path("imports/<int:pk>/", course.import_detail, name="import-detail"),
    path("imports/<int:pk>/mapping/", mapping.import_map, name="import-map"),
    path("imports/<int:pk>/run/", course.import_run, name="import-run"),
    path("imports/<int:pk>/stop/", course.import_stop, name="import-stop"),
    path("imports/<int:pk>/undo/", course.import_undo, name="import-undo"),
    path("imports/<int:pk>/forget/", course.import_forget, name="import-forget"),
    path("imports/<int:pk>/refused/", refused.import_refused, name="import-refused"),
    path("imports/start/", start_path.start_path, name="start-path"),
    path("imports/start/hide/", start_path.start_path_hide, name="start-path-hide"),
    path("imports/sample/", start_path.sample_load, name="sample-load"),
]
