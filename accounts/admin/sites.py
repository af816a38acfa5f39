"""A workspace's admin: its admins read every row of their tenant here; writing is the product's part."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn

from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from unfold.admin import ModelAdmin
from unfold.sites import UnfoldAdminSite

from accounts.roles import Permission


class WorkspaceSite(UnfoldAdminSite):
    """Permission comes from the membership that the middleware found, not from Django's own tables."""

    def has_permission(self, request: HttpRequest) -> bool:
        member = getattr(request, "membership", None)
        return member is not None and member.may(Permission.ADMIN_SITE)

    def admin_view(self, view: Callable[..., HttpResponse], cacheable: bool = False) -> Callable[..., HttpResponse]:
        """The middleware has let nobody in who isn't signed in: what is missing is the role, and that is a 403."""
        guarded = super().admin_view(view, cacheable)

        @wraps(view)
        def gate(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not self.has_permission(request):
                raise PermissionDenied("The workspace's admin is for its admins.")
            return guarded(request, *args, **kwargs)

        return gate


workspace_site = WorkspaceSite(name="admin")

# What no column shows: the same in every row, or too long for one.
HIDDEN = {"id", "tenant"}
LONG = (models.JSONField, models.TextField)


class PlainAdmin(ModelAdmin):
    """What both admins share: pages of fifty, and a row that isn't within reach isn't there."""

    list_per_page = 50

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> NoReturn:
        # Django would lead to the index with a message, which answers another tenant's id with a success.
        raise Http404(f"No such {opts.verbose_name}")


class ReadOnlyAdmin(PlainAdmin):
    """Shows rows and changes none: an action would have written an event, a form here would not."""

    show_full_result_count = False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.admin_site.has_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.admin_site.has_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


def register(*nouns: type[models.Model]) -> None:
    """Puts each noun into the workspace's admin, with its first telling fields as columns."""
    for noun in nouns:
        columns = [f.name for f in noun._meta.fields if f.name not in HIDDEN and not isinstance(f, LONG)][:7]
        related = [f.name for f in noun._meta.fields if f.is_relation and f.name in columns]
        attributes: dict[str, Any] = {
            "list_display": columns,
            "list_select_related": related,
            "search_fields": [f.name for f in noun._meta.fields if f.name in ("name", "title", "email", "code")],
        }
        workspace_site.register(noun, type(f"{noun.__name__}Admin", (ReadOnlyAdmin,), attributes))
