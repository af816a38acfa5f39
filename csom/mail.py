"""Mail on a laptop: every message is kept as a file and can be read in the browser."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage as ParsedMessage
from pathlib import Path
from urllib.parse import urlsplit

import nh3
from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

NEWEST = 200
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class KeptBackend(BaseEmailBackend):
    """Writes one .eml file per message into MAIL_DIR; nothing leaves the machine."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            _keep(message.message().as_bytes())
        return len(email_messages)


@dataclass(frozen=True)
class Kept:
    """A kept message as the pages show it."""

    name: str
    subject: str
    sender: str
    recipients: str
    sent_at: datetime
    text: str


def folder() -> Path:
    return Path(settings.MAIL_DIR)


def newest() -> list[Kept]:
    """The latest messages first; names begin with the instant."""
    names = sorted((file.stem for file in folder().glob("*.eml")), reverse=True)
    return [kept for name in names[:NEWEST] if (kept := find(name))]


def find(name: str) -> Kept | None:
    try:
        parsed = message_from_bytes((folder() / f"{name}.eml").read_bytes(), policy=policy.default)
    except FileNotFoundError:
        return None
    return Kept(
        name=name,
        subject=str(parsed["Subject"] or ""),
        sender=str(parsed["From"] or ""),
        recipients=str(parsed["To"] or ""),
        sent_at=datetime.strptime(name[:15], "%Y%m%d-%H%M%S").replace(tzinfo=UTC),
        text=_text(parsed),
    )


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What was sent, newest first."""
    _on_this_machine_only(request)
    return render(request, "csom/mail.html", {"messages_kept": newest()})


@never_cache
@require_safe
def read(request: HttpRequest, name: str) -> HttpResponse:
    """One message as text, its links alive."""
    _on_this_machine_only(request)
    kept = find(name)
    if kept is None:
        raise Http404
    return render(request, "csom/mail_message.html", {"kept": kept})


app_name = "mail"
urlpatterns = [
    path("", index, name="index"),
    path("<slug:name>/", read, name="read"),
]


def _on_this_machine_only(request: HttpRequest) -> None:
    """Codes and reset links are secrets: no page with a mail server, none for another machine.

    A proxy on this machine has a loopback address too, so the installation's own address must be one as well.
    """
    here = urlsplit(settings.BASE_URL).hostname in LOOPBACK and request.META.get("REMOTE_ADDR") in LOOPBACK
    if not settings.MAIL_IS_KEPT or not here:
        raise Http404


def _keep(content: bytes) -> None:
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}-{secrets.token_hex(4)}"
    # Whole or not at all: the list may be read at this very moment.
    half = folder() / f".{name}"
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    half.rename(folder() / f"{name}.eml")


def _text(parsed: ParsedMessage) -> str:
    body = parsed.get_body(("plain", "html"))
    if body is None:
        return ""
    content = str(body.get_content())
    return nh3.clean(content, tags=set()) if body.get_content_subtype() == "html" else content
