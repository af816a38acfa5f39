"""Following an invitation: somebody new chooses a password, somebody known signs in, and both become members."""

from __future__ import annotations

import smtplib

import structlog
from django.conf import settings
from django.contrib.auth import login
from django.core.mail import send_mail
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import formats
from accounts.access import MemberRequest
from accounts.actions import members
from accounts.actions.errors import Refused
from accounts.forms.answers import attempt
from accounts.forms.people import JoinForm
from accounts.keys import digest
from accounts.links import public_url
from accounts.models import Invitation, User

log = structlog.get_logger()


@never_cache
@require_http_methods(["GET", "POST"])
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """Public: the link is the permission. A link that doesn't work says so, and says nothing about others."""
    invitation = Invitation.objects.select_related("tenant", "invited_by").filter(token_hash=digest(token)).first()
    if invitation is None or not _is_open(invitation):
        return render(request, "accounts/invitation_gone.html", {"invitation": invitation}, status=410)
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


def link_to(secret: str) -> str:
    return public_url("invitation-accept", secret)


def send(request: MemberRequest, invitation: Invitation, secret: str) -> bool:
    """By mail; when the mail server refuses, the page still shows the link."""
    context = {
        "invitation": invitation,
        "workspace": request.tenant.name,
        "by": str(request.user),
        "link": link_to(secret),
        "until": formats.date(invitation.expires_at.astimezone(request.tenant.zone).date()),
    }
    subject = render_to_string("emails/invitation_subject.txt", context).strip()
    try:
        send_mail(subject, render_to_string("emails/invitation.txt", context), None, [invitation.email])
    except (smtplib.SMTPException, OSError) as error:
        log.warning("invitation not mailed", error=type(error).__name__)
        return False
    return True


def _is_open(invitation: Invitation) -> bool:
    used = invitation.accepted_at or invitation.revoked_at
    return not used and invitation.expires_at > timezone.now()


def _workspace(invitation: Invitation) -> str:
    return f"/w/{invitation.tenant.slug}/"
