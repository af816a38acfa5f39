"""How one person likes the product."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest
from accounts.actions import preferences as actions
from accounts.forms.answers import attempt
from accounts.forms.people import PreferencesForm

COOKIE_LIVES = 60 * 60 * 24 * 365


@require_http_methods(["GET", "POST"])
def preferences(request: MemberRequest) -> HttpResponse:
    """The page; and the switch in the header, which sends the theme alone and wants no page."""
    user = request.user
    first = {"name": user.name, "theme": user.theme, "density": user.density, "single_keys": user.single_keys}
    form = PreferencesForm(request.POST or None, initial=first | {"whole": True})
    status = 200
    if request.method == "POST":
        saved, status = attempt(form, lambda: actions.change(user, form.values))
        if saved:
            whole = form.cleaned_data["whole"]
            if whole:
                messages.success(request, _("Preferences saved."))
            response = redirect("accounts:preferences") if whole else HttpResponse(status=204)
            response.set_cookie("theme", saved.theme, max_age=COOKIE_LIVES, samesite="Lax", secure=request.is_secure())
            return response
    return render(request, "accounts/settings/preferences.html", {"form": form}, status=status)
