"""Following an invitation: somebody new chooses a password, somebody known signs in, and both become members."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.actions import members
from accounts.actions.errors import Refused
from accounts.forms.answers import attempt
from accounts.forms.people import JoinForm
from accounts.keys import invitation_of
from accounts.models import Invitation, User


@never_cache
@require_http_methods(["GET", "POST"])
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """Public: the link is the permission. A link that doesn't work says so, and says nothing about others."""
    invitation = invitation_of(token)
    if invitation is None or not _is_open(invitation):
        status = 410 if invitation else 404
        return render(request, "accounts/invitation_gone.html", {"invitation": invitation}, status=status)
    if isinstance(request.user, User):
        return _join(request, invitation, request.user)
    if User.objects.filter(email__iexact=invitation.email).exists():
        return render(request, "accounts/invitation_sign_in.html", {"invitation": invitation, "next": request.path})
    return _register(request, invitation)


def _register(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    form = JoinForm(request.POST or None, email=invitation.email)
    status = 200
    if request.method == "POST":
        user, status = attempt(form, lambda: _newcomer(invitation, form))
        if user:
            login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
            return redirect(_workspace(invitation))
    return render(request, "accounts/invitation.html", {"form": form, "invitation": invitation}, status=status)


def _newcomer(invitation: Invitation, form: JoinForm) -> User:
    said = form.cleaned_data
    return members.register(invitation, name=said["name"], password=said["password"])


def _join(request: HttpRequest, invitation: Invitation, user: User) -> HttpResponse:
    """Signed in already: one button, unless it is somebody else's invitation."""
    own = user.email.lower() == invitation.email.lower()
    if own and request.method == "POST":
        try:
            members.accept(invitation, user)
        except Refused:  # used or withdrawn while the page stood open
            invitation.refresh_from_db()
            return render(request, "accounts/invitation_gone.html", {"invitation": invitation}, status=410)
        return redirect(_workspace(invitation))
    context = {"invitation": invitation, "own": own, "next": request.path}
    return render(request, "accounts/invitation_join.html", context, status=200 if own else 403)


def _is_open(invitation: Invitation) -> bool:
    used = invitation.accepted_at or invitation.revoked_at
    return not used and invitation.expires_at > timezone.now()


def _workspace(invitation: Invitation) -> str:
    return f"/w/{invitation.tenant.slug}/"
