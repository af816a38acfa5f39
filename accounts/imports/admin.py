"""Imports in the workspace's admin, to be read."""

from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.admin import ReadOnlyAdmin, register, workspace_site
from accounts.imports.models import FilePart, HiddenPath, Import, Record, SavedMapping

register(HiddenPath, Import, Record, SavedMapping)


class FilePartAdmin(ReadOnlyAdmin):
    """That a part is there, and not the megabyte that it is."""

    list_display = ["job", "number"]
    list_select_related = ["job"]
    exclude = ["body"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[FilePart]:
        return super().get_queryset(request).defer("body")


workspace_site.register(FilePart, FilePartAdmin)
