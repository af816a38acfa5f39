"""What the hunt relies on does see: a row of the rival's that changed, went or came, and their words among ours."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.core import mail
from django.http import HttpResponse

from accounts.models import Account, Contact
from accounts.tenancy.context import tenant_context
from tests.factories.accounts import AccountFactory, ContactFactory
from tests.fuzz import oracle
from tests.fuzz.oracle import SECRET, Log, Rows

pytestmark = pytest.mark.django_db
ACCOUNTS = Account._meta.db_table


@pytest.fixture
def seen(acme_cast, rival) -> SimpleNamespace:
    with tenant_context(rival.tenant):
        account = AccountFactory(name="Theirs")
        ContactFactory(account=account)
    return SimpleNamespace(
        account=account, tenant=rival.tenant, rows=Rows(acme_cast.tenant, rival.tenant), ours=acme_cast.tenant
    )


def test_nothing_done_is_nothing_wrong(seen):
    assert seen.rows.wrong() == []


def test_a_row_of_theirs_that_changed_is_seen(seen):
    with tenant_context(seen.tenant):
        Account.objects.filter(pk=seen.account.pk).update(name="Ours now")
    assert seen.rows.wrong() == [f"changed {ACCOUNTS}"]


def test_a_row_of_theirs_that_went_or_came_is_seen(seen):
    with tenant_context(seen.tenant):
        Contact.objects.filter(account=seen.account).delete()
        AccountFactory(name="Put there")
    wrong = seen.rows.wrong()
    assert {f"changed {ACCOUNTS}", f"changed {Contact._meta.db_table}"} <= set(wrong)


def test_their_words_among_our_rows_are_seen(seen):
    with tenant_context(seen.ours):
        AccountFactory(name=f"Copied {SECRET}")
    assert f"ours says theirs: {ACCOUNTS}" in seen.rows.wrong()


def test_their_words_in_an_answer_a_mail_and_the_log_are_seen():
    answer = HttpResponse(f"Hello {SECRET}", headers={"X-Said": SECRET})
    assert oracle.told_by(answer, answer.content) == ["body", "headers"]
    mail.send_mail("Hello", SECRET, "a@acme.test", ["b@acme.test"])
    with oracle.listening() as log:
        assert oracle.told_by_mail_or_log(log) == ["mail"]
        log.lines.append(SECRET)
        assert oracle.told_by_mail_or_log(log) == ["mail", "log"]
    assert isinstance(log, Log)
