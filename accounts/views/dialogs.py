"""Where one gets to from a form that may stand in a dialog."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpResponse
from django.shortcuts import redirect
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh

from accounts.access import MemberRequest


def leave(request: MemberRequest, url: str) -> HttpResponse:
    """To the page where it shows. The page under a dialog is read anew: its own address would load nothing."""
    if not request.htmx:
        return redirect(url)
    here = request.htmx.current_url_abs_path or ""  # type: ignore[attr-defined]
    is_here = urlsplit(here).path == urlsplit(url).path
    return HttpResponseClientRefresh() if is_here else HttpResponseClientRedirect(url)
