"""Pages of what is in motion: what steps say once they were taken, and how long lists go on."""

import datetime as dt
import re

import pytest

from accounts.actions import contacts
from accounts.tenancy.context import tenant_context
from blueprints.models import PlayVersion, RunStep
from tests.blueprints.watched import around_now
from tests.factories.accounts import AccountFactory, ContactFactory
from tests.factories.blueprints import (
    DeliveryFactory,
    MatchFactory,
    NoticeFactory,
    PlayFactory,
    RunFactory,
    RunStepFactory,
    step,
)

NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)


def heads(html: str) -> list[str]:
    return re.findall(r'<span class="font-medium">([^<]+: [^<]*)</span>', html)


def test_a_run_shows_what_its_steps_said_and_of_those_ahead_the_variables_by_name(acme_cast, page):
    notice = {"kind": "notice", "to": "csm", "text": "{{ event.name }} left {{ account.name }}"}
    mail = {"kind": "email", "to_roles": ["decider"], "subject": "About {{ account.name }}", "body": "Dear you"}
    ahead = step("Call {{contact.first_name}} about {{ fact.contract.arr }} and {{ event.moved_to }}")
    with tenant_context(acme_cast.tenant):
        play = PlayFactory(steps=[notice, mail, ahead, notice])
        account = AccountFactory(name="Brightwave", csm=acme_cast.cass)
        run = RunFactory(match=MatchFactory(play=play, account=account))
        told = NoticeFactory(recipient=acme_cast.cass, run=run, text="Kim left Brightwave")
        RunStepFactory(run=run, number=0, kind="notice", did={"notices": [told.pk], "to": [acme_cast.cass.pk]})
        drafts = [{"to": "lou@brightwave.test", "name": "Lou", "subject": "About Brightwave", "text": "Dear you"}]
        RunStepFactory(run=run, number=1, kind="email", did={"drafts": drafts})
    html = page(acme_cast.vera, acme_cast.tenant).get(f"/runs/{run.pk}/").content.decode()
    assert heads(html) == [
        "Notice to a colleague: Kim left Brightwave",
        "E-mail to the customer: About Brightwave",
        "Task: Call [First name of the contact] about [ARR] and [Moved to]",
        "Notice to a colleague: [Name] left [Account]",
    ]


def test_the_approvals_go_on_where_a_page_ends_and_none_is_shown_twice(acme_cast, page):
    with tenant_context(acme_cast.tenant):
        run = RunFactory(match=MatchFactory(account=AccountFactory(csm=acme_cast.cass)))
        # As many at the same instant as fit on no page.
        asking = {"run": run, "kind": "email", "state": "asking", "did": {"drafts": []}}
        made = [RunStepFactory(number=n, at=NOW + dt.timedelta(hours=n // 25), **asking).pk for n in range(45)]
    cass, path, seen = page(acme_cast.cass, acme_cast.tenant), "/plays/approvals/?scope=own", []
    while path:
        html = cass.get(path).content.decode()
        seen.append([int(pk) for pk in re.findall(r'id="asking-(\d+)"', html)])
        on = re.search(r'href="(\?[^"]*after=\d+)"', html)
        path = f"/plays/approvals/{on.group(1).replace('&amp;', '&')}" if on else ""
        assert not path or "scope=own" in path
    assert [len(one) for one in seen] == [20, 20, 5]
    assert [pk for one in seen for pk in one] == made


def test_the_approvals_go_on_although_the_last_of_a_page_was_decided_meanwhile(acme_cast, page):
    with tenant_context(acme_cast.tenant):
        run = RunFactory(match=MatchFactory(account=AccountFactory(csm=acme_cast.cass)))
        asking = {"run": run, "kind": "email", "state": "asking", "did": {"drafts": []}}
        made = [RunStepFactory(number=n, at=NOW + dt.timedelta(hours=n), **asking).pk for n in range(25)]
        decided = {"decided_by": acme_cast.cass, "decided_at": NOW + dt.timedelta(days=9)}
        RunStep.objects.filter(pk=made[19]).update(state="declined", **decided)
    html = page(acme_cast.cass, acme_cast.tenant).get(f"/plays/approvals/?after={made[19]}").content.decode()
    assert [int(pk) for pk in re.findall(r'id="asking-(\d+)"', html)] == made[20:]


@pytest.mark.parametrize("quiet", [False, True])
def test_whoever_approves_is_told_whom_a_mail_leaves_out(acme_cast, page, quiet):
    with tenant_context(acme_cast.tenant):
        play = PlayFactory()
        guards = {"quiet": around_now(acme_cast.tenant)} if quiet else {}
        PlayVersion.objects.create(play=play, number=2, steps=[step()], guards=guards)
        account = AccountFactory(csm=acme_cast.cass)
        kim = ContactFactory(account=account, name="Kim", email="kim@acme.test")
        lou = ContactFactory(account=account, name="Lou", email="lou@acme.test")
        drafts = [{"contact": one.pk, "to": one.email, "name": one.name, "subject": "Hi", "text": "Dear"}
                  for one in (kim, lou)]  # fmt: skip
        run = RunFactory(match=MatchFactory(play=play, account=account))
        contacts.depart(kim, on=NOW.date(), by=acme_cast.cass)
        asked = RunStepFactory(run=run, number=0, kind="email", state="asking", did={"drafts": drafts})
    cass = page(acme_cast.cass, acme_cast.tenant)
    said = cass.post(f"/plays/approvals/{asked.pk}/", {"do": "approve", "version": 1}, follow=True).content.decode()
    assert ("when the quiet hours of its play are over" in said) is quiet
    assert "but not to Kim, who left." in said


def test_names_wrap_on_a_narrow_screen_instead_of_being_cut(acme_cast, page):
    long = "Brightwave-Verwaltungsgesellschaft-fuer-Energie-und-Wasser-International"
    with tenant_context(acme_cast.tenant):
        account = AccountFactory(name=long, csm=acme_cast.cass)
        play = PlayFactory(name="Champion left: introduce yourselves to whoever follows them, this week")
        run = RunFactory(match=MatchFactory(play=play, account=account))
        RunStepFactory(run=run, kind="email", state="asking", did={"drafts": []})
        DeliveryFactory(run=run, account=account)
    vera = page(acme_cast.ada, acme_cast.tenant)
    for path in ("/plays/", "/plays/deliveries/", "/runs/", f"/plays/{play.pk}/"):
        html = vera.get(path).content.decode()
        cells = [
            cell for cell in re.findall(r"<td[^>]*>(?:(?!</td>).)*", html, re.S) if long in cell or play.name in cell
        ]
        assert cells, path
        for cell in cells:
            assert {"whitespace-normal", "wrap-anywhere"} <= set(
                re.match(r'<td class="([^"]*)"', cell).group(1).split()
            ), cell
    html = vera.get("/plays/approvals/").content.decode()
    assert re.search(rf'<h2 class="[^"]*wrap-anywhere[^>]*><a[^>]*>{long} ', html)
