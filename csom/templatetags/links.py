"""Addresses in templates: out of the workspace, and back to the same list with one thing changed."""

from __future__ import annotations

from django import template
from django.conf import settings
from django.template.context import Context

from accounts.links import path_of

register = template.Library()


@register.simple_tag
def public_url(name: str, *args: object, **kwargs: object) -> str:
    """The path of a page outside every workspace, also from inside one: {% public_url 'account_logout' %}."""
    return path_of(settings.ROOT_URLCONF, name, *args, **kwargs)


@register.simple_tag
def workspace_path(slug: str, path: str = "") -> str:
    """The way into a workspace: {% workspace_path membership.tenant.slug %}."""
    return f"/w/{slug}/{path}"


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: object) -> str:
    """The query string with these changes; None or "" takes a key out: {% query sort="name" page=None %}."""
    values = context["request"].GET.copy()
    for key, value in changes.items():
        if value is None or value == "":
            values.pop(key, None)
        elif isinstance(value, list | tuple):
            values.setlist(key, [str(item) for item in value])
        else:
            values[key] = str(value)
    return f"?{values.urlencode()}"


@register.simple_tag(takes_context=True)
def sort_query(context: Context, column: str, current: str) -> str:
    """The query string that sorts by a column, or turns it round: "name", "-name". A new order starts on page one."""
    return str(query(context, sort=f"-{column}" if current == column else column, page=None, after=None, before=None))
