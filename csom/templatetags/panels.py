"""A page made of several rooms' panels, rendered in one response: no room knows another, no second round trip."""

from __future__ import annotations

from typing import Any

from django import template
from django.core.exceptions import PermissionDenied
from django.template.context import Context
from django.urls import resolve, reverse
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_tag(takes_context=True)
def panel(context: Context, name: str, *args: Any) -> SafeString | str:
    """The view of this name, asked for as a fragment of the page being rendered.

    A panel that the reader's role may not see is left out; so the page needs no permission table of its own.
    """
    request = context["request"]
    match = resolve(_inner_path(request, reverse(name, args=args)), urlconf=request.urlconf)
    try:
        response = match.func(request, *match.args, **match.kwargs)
    except PermissionDenied:
        return ""
    if hasattr(response, "render"):
        response.render()
    # The view escaped its own output while rendering its template.
    return mark_safe(response.content.decode()) if response.status_code == 200 else ""


def _inner_path(request: Any, path: str) -> str:
    """Without the workspace's prefix, as the resolver sees it."""
    return (
        path.removeprefix(request.META.get("SCRIPT_NAME", ""))
        if not hasattr(request, "tenant")
        else ("/" + path.split("/", 3)[3])
    )
