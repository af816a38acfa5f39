"""Imports for another system: a file goes in, its course is watched, what was refused comes back."""

from rest_framework.viewsets import GenericViewSet

from accounts.imports.api.imports import ImportResource
from accounts.imports.api.mappings import MappingResource
from accounts.imports.api.rows import RowResource

routes: list[tuple[str, type[GenericViewSet], str]] = [
    (r"imports/(?P<import_id>[0-9]{1,18})/rows", RowResource, "import-row"),
    ("imports", ImportResource, "import"),
    ("mappings", MappingResource, "mapping"),
]
