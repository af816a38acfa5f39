"""Mails: plain text with the same as HTML, and an id that is the same at every try."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from blueprints import texts
from blueprints.sending.answer import Answer


def mail(to: str, subject: str, text: str, *, uid: str, reply_to: str = "") -> Answer:
    """One mail; the Message-ID is the same at every try, so that a mail server may see that it is one."""
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip(" >") or "localhost"
    message = EmailMultiAlternatives(
        subject,
        text,
        None,
        [to],
        reply_to=[reply_to] if reply_to else None,
        headers={"Message-ID": f"<{uid}@{domain}>"},
    )
    message.attach_alternative(texts.paragraphs(text), "text/html")
    try:
        message.send()
    except Exception as problem:
        # Whatever a mail server or a header says no to: it is shown with the delivery and tried again.
        return Answer(error=f"{type(problem).__name__}: {problem}", held_up=True)
    return Answer()
