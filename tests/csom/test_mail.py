"""Kept mail: written whole, read in the browser, and only on the machine that sent it."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.test import Client, override_settings

from csom import mail

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept(tmp_path: Path, settings) -> Path:
    settings.EMAIL_BACKEND = "csom.mail.KeptBackend"
    settings.MAIL_DIR = tmp_path / "mail"
    settings.MAIL_IS_KEPT = True
    return settings.MAIL_DIR


def send(subject: str = "You are invited", text: str = "Come in: https://csom.test/i/abc?x=1") -> None:
    EmailMessage(subject, text, "CSOM <csom@csom.test>", ["Cass <cass@acme.test>"]).send()


def test_a_message_becomes_one_private_file(kept):
    send()
    [file] = kept.iterdir()
    assert file.suffix == ".eml"
    assert file.stat().st_mode & 0o777 == 0o600
    assert kept.stat().st_mode & 0o777 == 0o700


def test_the_newest_message_comes_first(kept):
    send("First")
    send("Second")
    assert [each.subject for each in mail.newest()] == ["Second", "First"]


def test_a_message_is_listed_and_read_with_its_link_alive(kept):
    send()
    [name] = [each.name for each in mail.newest()]
    listed = Client().get("/mail/")
    assert "You are invited" in listed.text
    assert f"/mail/{name}/" in listed.text
    page = Client().get(f"/mail/{name}/")
    assert 'href="https://csom.test/i/abc?x=1"' in page.text
    assert "cass@acme.test" in page.text
    assert "no-store" in page["Cache-Control"]


def test_markup_in_a_message_is_shown_as_text(kept):
    send("<b>bold</b>", "<script>alert(1)</script>")
    page = Client().get(f"/mail/{mail.newest()[0].name}/")
    assert "<script>alert" not in page.text
    assert "&lt;b&gt;bold" in page.text


def test_a_message_without_plain_text_is_read_without_its_markup(kept):
    message = EmailMultiAlternatives("Code", "", to=["cass@acme.test"])
    message.content_subtype = "html"
    message.body = "<p>Your code is <b>12-34</b></p>"
    message.send()
    assert mail.newest()[0].text.strip() == "Your code is 12-34"


def test_letters_of_every_language_survive(kept):
    send("Grüße aus Zürich", "Prix élevé: 10 €")
    assert mail.newest()[0].subject == "Grüße aus Zürich"
    assert "élevé: 10 €" in mail.newest()[0].text


def test_nothing_sent_says_what_to_do(kept):
    assert "Nothing was sent yet" in Client().get("/mail/").text


def test_unknown_messages_and_paths_are_not_found(kept):
    assert Client().get("/mail/20260101-000000-000000-abcd/").status_code == 404
    assert Client().get("/mail/..%2F..%2Fsecret-key/").status_code == 404


def test_another_machine_finds_nothing(kept):
    send()
    stranger = Client(REMOTE_ADDR="192.0.2.7")
    assert stranger.get("/mail/").status_code == 404
    assert stranger.get(f"/mail/{mail.newest()[0].name}/").status_code == 404


def test_with_a_mail_server_there_is_no_such_page(kept):
    with override_settings(MAIL_IS_KEPT=False):
        assert Client().get("/mail/").status_code == 404


def test_reading_never_writes(kept):
    assert Client().post("/mail/").status_code == 405
