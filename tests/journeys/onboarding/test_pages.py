"""The pages of a handoff, as people and browsers ask for them."""

import dataclasses
import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions import contracts
from accounts.actions.errors import Refused
from accounts.models import Account, Contact, Contract, Product
from accounts.roles import SPECS, Permission, Role, allows
from accounts.tenancy.context import tenant_context
from journeys.onboarding.actions import handoffs, promises
from journeys.onboarding.models import AgendaItem, Handoff, Promise
from journeys.onboarding.questions import ALL_STEPS
from tests.factories.accounts import TODAY, AccountFactory, ContractFactory, ProductFactory
from tests.factories.onboarding import COMMITTED, accepted, answered, drafted, returned, submitted

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def inside(acme_cast):
    """inside(fn, …) runs fn(cast, …) in Acme's context."""

    def run(make, *args, **kwargs):
        with tenant_context(acme_cast.tenant):
            return make(acme_cast, *args, **kwargs)

    return run


@pytest.fixture
def rep(page, acme_cast):
    return page(acme_cast.sal, acme_cast.tenant)


@pytest.fixture
def csm(page, acme_cast):
    return page(acme_cast.cass, acme_cast.tenant)


def field(response, name: str) -> str:
    return re.search(rf'name="{name}" value="([^"]*)"', response.content.decode()).group(1)


def queried(queries: CaptureQueriesContext) -> list[str]:
    """What was asked of the database; savepoints are the test's own frame."""
    return [q["sql"][:110] for q in queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]


def status_of(cast, handoff) -> str:
    with tenant_context(cast.tenant):
        return Handoff.objects.get(pk=handoff.pk).status


# Starting


def test_a_rep_starts_a_handoff_of_an_account_they_sell(rep, inside, acme_cast):
    account = inside(lambda cast: AccountFactory(ae=cast.sal))
    assert rep.get("/handoffs/new/").status_code == 200
    response = rep.post("/handoffs/new/", {"account": account.pk, "committed_on": "2026-11-18"})
    handoff = inside(lambda _: Handoff.objects.get())
    assert (response.status_code, response["Location"]) == (302, f"/w/acme/handoffs/{handoff.pk}/edit/")
    assert (handoff.account_id, handoff.rep_id) == (account.pk, acme_cast.sal.pk)


def test_a_rep_can_not_name_an_account_of_somebody_else(rep, inside):
    account = inside(lambda _: AccountFactory())
    response = rep.post("/handoffs/new/", {"account": account.pk, "committed_on": "2026-11-18"})
    assert response.status_code == 422
    assert b"There is no such account." in response.content
    assert inside(lambda _: Handoff.objects.count()) == 0


def test_a_handoff_brings_its_account_and_first_contract(rep, inside, acme_cast):
    product = inside(lambda _: Product.objects.create(name="Planner", code="planner"))
    assert b"What was sold first" in rep.get("/handoffs/new/?with=account").content
    said = {
        "name": "Brightwave", "domain": "brightwave.test", "committed_on": "2026-11-18", "product": product.pk,
        "quantity": "40", "amount": "48000.50", "start_on": "2026-12-01", "end_on": "2027-12-01",
    }  # fmt: skip
    assert rep.post("/handoffs/new/?with=account", said).status_code == 302
    handoff = inside(lambda _: Handoff.objects.with_arr().select_related("account").get())
    assert (handoff.account.name, handoff.account.ae_id) == ("Brightwave", acme_cast.sal.pk)
    line = inside(lambda _: Contract.objects.get().lines.get())
    assert (line.amount_minor, line.quantity) == (4_800_050, 40)


def test_to_bring_a_deal_is_a_permission_of_its_own(rep, page, acme_cast, monkeypatch):
    """A rep signs no contracts, except the first one of the account that they hand over."""
    may = {role for role in Role if allows(role, Permission.DEAL_BRING)}
    assert may == {Role.ADMIN, Role.LEADER, Role.OPS, Role.SALES, Role.INTEGRATION}
    assert not allows(Role.SALES, Permission.CONTRACT_EDIT)
    spec = SPECS[Role.SALES]
    without = dataclasses.replace(spec, permissions=spec.permissions - {Permission.DEAL_BRING})
    monkeypatch.setitem(SPECS, Role.SALES, without)
    assert b"with=account" not in rep.get("/handoffs/new/").content
    assert rep.get("/handoffs/new/?with=account").status_code == 403
    assert rep.post("/handoffs/new/?with=account", {"name": "Brightwave"}).status_code == 403


def test_the_amount_of_a_deal_leaves_out_what_was_taken_out(acme_cast):
    with tenant_context(acme_cast.tenant):
        both = [{"product": ProductFactory(), "amount_minor": amount} for amount in (100_00, 30_00)]
        contract = ContractFactory(lines=both)
        contracts.amend(contract, both[:1], on=TODAY, by=acme_cast.cass, today=TODAY)
        drafted(acme_cast, account=contract.account)
        assert Handoff.objects.with_arr().get().arr_minor == 100_00


def test_wrong_fields_are_named_and_nothing_is_half_there(rep, inside):
    product = inside(lambda _: Product.objects.create(name="Planner", code="planner"))
    said = {"name": "Brightwave", "committed_on": "2027-11-18", "product": product.pk, "amount": "-4", "end_on": "x"}
    response = rep.post("/handoffs/new/?with=account", said)
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"committed_on", "amount", "end_on", "quantity", "start_on"}
    assert b'value="Brightwave"' in response.content
    assert inside(lambda _: (Account.objects.count(), Handoff.objects.count())) == (0, 0)


def test_a_leader_says_whose_deal_it_is(page, acme_cast, inside):
    account = inside(lambda _: AccountFactory())
    leader = page(acme_cast.lee, acme_cast.tenant)
    said = {"account": account.pk, "committed_on": "2026-11-18"}
    assert leader.post("/handoffs/new/", said).status_code == 422
    assert leader.post("/handoffs/new/", said | {"rep": acme_cast.sal.pk}).status_code == 302
    assert inside(lambda _: Handoff.objects.get().rep_id) == acme_cast.sal.pk


# Writing


@pytest.mark.parametrize("step", [step.code for step in ALL_STEPS])
def test_every_screen_of_the_form_shows_its_questions(rep, inside, step):
    handoff = inside(drafted)
    response = rep.get(f"/handoffs/{handoff.pk}/edit/?step={step}")
    assert response.status_code == 200
    assert response.context["step"].code == step


def test_an_answer_is_saved_as_it_is_typed(rep, inside):
    handoff = inside(drafted)
    said = {"text": "Two plans a week contradict each other.", "version": "1"}
    response = rep.post(f"/handoffs/{handoff.pk}/answers/pain/", said, **HTMX)
    assert response.status_code == 200
    assert field(response, "version") == "2"
    assert b"1 of 10 answered" in response.content
    assert b'hx-swap-oob="true"' in response.content


def test_without_script_an_answer_leads_back_to_its_screen(rep, inside):
    handoff = inside(drafted)
    response = rep.post(f"/handoffs/{handoff.pk}/answers/pain/", {"text": "Slow", "version": "1"})
    assert response["Location"] == f"/w/acme/handoffs/{handoff.pk}/edit/?step=failed"


@pytest.mark.parametrize("headers", [HTMX, {}])
def test_the_later_writer_sees_both_texts_and_chooses(rep, inside, acme_cast, headers):
    handoff = inside(drafted)
    inside(lambda cast: handoffs.answer(handoff, "pain", "Lee wrote this", by=cast.lee, version=1))
    address = f"/handoffs/{handoff.pk}/answers/pain/"
    response = rep.post(address, {"text": "Sal wrote that", "version": "1"}, **headers)
    assert response.status_code == 409
    assert b"Lee wrote this" in response.content
    assert b"Lee of Acme" in response.content
    assert field(response, "version") == "1", "typing on must not overwrite what was just shown"
    assert inside(lambda _: handoff.answers.get(question="pain").text) == "Lee wrote this"
    if not headers:
        assert b"Sal wrote that" in response.content
    kept = rep.post(address, {"text": "Sal wrote that", "version": "1", "over": "2"}, **headers)
    assert kept.status_code in (200, 302)
    assert inside(lambda _: handoff.answers.get(question="pain").text) == "Sal wrote that"


def test_not_known_beside_a_text_is_asked_back_and_the_text_stays(rep, inside):
    handoff = inside(drafted)
    inside(lambda cast: handoffs.answer(handoff, "pain", "Slow", by=cast.sal))
    response = rep.post(
        f"/handoffs/{handoff.pk}/answers/pain/", {"text": "Slow", "not_known": "on", "version": "2"}, **HTMX
    )
    assert response.status_code == 422
    assert b"Clear it first" in response.content
    assert inside(lambda _: handoff.answers.get(question="pain").text) == "Slow"


def test_thin_answers_are_named_while_they_are_written(rep, inside):
    handoff = inside(drafted)
    said = {"text": "They want to be a lot faster than today", "version": 1}
    response = rep.post(f"/handoffs/{handoff.pk}/answers/impact_rational/", said, **HTMX)
    assert b"Impact has no number." in response.content
    response = rep.post(
        f"/handoffs/{handoff.pk}/answers/critical_event/",
        {"text": "The peak season starts with the old plan", "due_on": "2027-03-01", "version": 1},
        **HTMX,
    )
    assert b"compelling event only" in response.content


def test_what_is_typed_after_the_handover_is_not_lost_silently(rep, inside):
    handoff = inside(submitted)
    response = rep.post(f"/handoffs/{handoff.pk}/answers/pain/", {"text": "x", "version": "2"}, **HTMX)
    assert response.status_code == 409
    assert b"Not saved" in response.content


def test_people_are_added_and_marked_on_the_way(rep, inside):
    handoff = inside(drafted)
    said = {"name": "Tomas Ruiz", "title": "Head of ops", "buying_role": "champion"}
    response = rep.post(f"/handoffs/{handoff.pk}/people/", said, **HTMX)
    assert (response.status_code, response.context["unknown_roles"]) == (200, ["a decider"])
    person = inside(lambda _: Contact.objects.get())
    address = f"/handoffs/{handoff.pk}/people/{person.pk}/"
    assert rep.post(address, {"stance": "advocate", "buying_role": "champion", "version": 1}, **HTMX).status_code == 200
    assert rep.post(address, {"stance": "detractor", "version": 1}, **HTMX).status_code == 409
    assert inside(lambda _: Contact.objects.get().stance) == "advocate"
    assert rep.post(f"/handoffs/{handoff.pk}/people/", {"name": ""}, **HTMX).status_code == 422


def test_promises_are_written_down_and_taken_back(rep, inside):
    handoff = inside(drafted)
    address = f"/handoffs/{handoff.pk}/promises/"
    assert (
        rep.post(address, {"text": "SSO by March", "kind": "date", "due_on": "2027-03-01"}, **HTMX).status_code == 200
    )
    assert rep.post(address, {"text": "", "kind": "date"}, **HTMX).status_code == 422
    promise = inside(lambda _: Promise.objects.get())
    assert (promise.text, promise.due_on) == ("SSO by March", dt.date(2027, 3, 1))
    assert rep.post(f"/promises/{promise.pk}/withdraw/", **HTMX).status_code == 200
    assert inside(lambda _: Promise.objects.count()) == 0


# Handing over and deciding


def test_an_unfinished_handoff_names_what_is_open(rep, inside, acme_cast):
    handoff = inside(drafted)
    response = rep.post(f"/handoffs/{handoff.pk}/submit/", {"csm": acme_cast.cass.pk, "version": 1})
    assert response.status_code == 422
    assert b"10 questions are still open." in response.content
    assert len(response.context["progress"].missing) == 10
    assert status_of(acme_cast, handoff) == "draft"
    kept = inside(lambda _: Handoff.objects.get())
    assert (kept.csm, kept.version) == (None, handoff.version), "what isn't submitted isn't kept"


def test_an_edit_that_is_refused_is_not_told_as_an_open_question(rep, inside, acme_cast, monkeypatch):
    handoff = inside(answered)

    def refuse(*args, **kwargs):
        raise Refused({"kickoff_on": ["Choose a working day."]})

    monkeypatch.setattr(handoffs, "edit", refuse)
    response = rep.post(
        f"/handoffs/{handoff.pk}/submit/", {"csm": acme_cast.cass.pk, "committed_on": "2026-11-17", "version": 1}
    )
    assert (response.status_code, response.context["form"].errors) == (422, {"kickoff_on": ["Choose a working day."]})
    assert b"still open" not in response.content


def test_the_rep_hands_over_with_csm_and_kickoff(rep, inside, acme_cast):
    handoff = inside(answered)
    wrong = rep.post(f"/handoffs/{handoff.pk}/submit/", {"committed_on": "2099-01-01", "version": 1})
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (422, ["committed_on"])
    said = {"csm": acme_cast.cass.pk, "kickoff_on": "2026-12-01", "committed_on": "2026-11-17", "version": 1}
    response = rep.post(f"/handoffs/{handoff.pk}/submit/", said)
    assert response["Location"] == f"/w/acme/handoffs/{handoff.pk}/"
    handoff = inside(lambda _: Handoff.objects.get())
    assert handoff.committed_on == dt.date(2026, 11, 17)
    assert (handoff.status, handoff.csm_id, handoff.kickoff_on) == (
        "submitted",
        acme_cast.cass.pk,
        dt.date(2026, 12, 1),
    )
    assert b"Kickoff proposed" in rep.get(f"/handoffs/{handoff.pk}/").content


def test_the_csm_accepts(csm, inside, acme_cast):
    handoff = inside(submitted)
    page = csm.get(f"/handoffs/{handoff.pk}/")
    assert page.context["accept_form"].initial["csm"] == acme_cast.cass
    said = {"csm": acme_cast.cass.pk, "version": field(page, "version")}
    assert csm.post(f"/handoffs/{handoff.pk}/accept/", said).status_code == 302
    assert inside(lambda _: Account.objects.get().phase) == "onboarding"
    assert b"What became of it" in csm.get(f"/handoffs/{handoff.pk}/").content


def test_accepting_twice_shows_who_was_quicker(csm, inside, acme_cast):
    handoff = inside(accepted)
    response = csm.post(f"/handoffs/{handoff.pk}/accept/", {"csm": acme_cast.cass.pk, "version": 2})
    assert response.status_code == 409
    assert b"Somebody was quicker" in response.content


def test_an_acceptance_without_a_csm_is_asked_back(page, inside, acme_cast):
    handoff = inside(submitted)
    leader = page(acme_cast.lee, acme_cast.tenant)
    response = leader.post(f"/handoffs/{handoff.pk}/accept/", {"csm": "", "version": 2})
    assert (response.status_code, list(response.context["accept_form"].errors)) == (422, ["csm"])
    assert status_of(acme_cast, handoff) == "submitted"


def test_the_csm_returns_with_reasons_and_the_rep_finds_them(csm, rep, inside, acme_cast):
    handoff = inside(submitted)
    address = f"/handoffs/{handoff.pk}/return/"
    assert csm.get(address).status_code == 200
    assert csm.post(address, {"pain": " "}).status_code == 422
    assert csm.post(address, {"pain": "How often does it happen?"}).status_code == 302
    assert status_of(acme_cast, handoff) == "returned"
    screen = rep.get(f"/handoffs/{handoff.pk}/edit/?step=failed").content
    assert b"How often does it happen?" in screen
    assert b"asked back" in screen
    assert csm.post(address, {"pain": "Again?"}).status_code == 409


def test_the_rep_sees_what_became_of_the_promises(csm, rep, inside):
    handoff = inside(drafted)
    promise = inside(lambda cast: promises.make(handoff, "SSO by March", by=cast.sal))
    inside(accepted, handoff)
    address = f"/promises/{promise.pk}/settle/"
    assert b"What became of it" in csm.get(address, **HTMX).content
    assert csm.post(address, {"outcome": "broken", "note": "", "version": 1}).status_code == 422
    assert csm.post(address, {"outcome": "changed", "note": "April instead", "version": 1}).status_code == 302
    assert b"April instead" in rep.get(f"/handoffs/{handoff.pk}/").content
    assert rep.post(address, {"outcome": "kept"}).status_code == 403


def test_an_open_question_is_answered_into_the_record(csm, inside):
    handoff = inside(accepted, not_known=("decision",))
    item = inside(lambda _: AgendaItem.objects.get())
    address = f"/agenda/{item.pk}/answer/"
    assert csm.get(address, **HTMX).status_code == 200
    assert csm.post(address, {"text": ""}).status_code == 422
    assert csm.post(address, {"text": "The CFO signs.", "version": 1}).status_code == 302
    assert inside(lambda _: AgendaItem.objects.get().entry.statement) == "The CFO signs."
    assert csm.post(address, {"text": "Again", "version": 1}).status_code == 409
    assert b"The CFO signs." in csm.get(f"/handoffs/{handoff.pk}/").content


# Lists and panels


def test_the_list_is_about_whose_turn_it_is(rep, csm, inside):
    draft, sent, back = inside(drafted), inside(submitted), inside(returned)
    done = inside(accepted)
    other = inside(lambda cast: handoffs.open(AccountFactory(), rep=cast.lee, committed_on=COMMITTED, by=cast.lee))

    def shown(client, tab: str) -> set[int]:
        return {row.handoff.pk for row in client.get(f"/handoffs/?tab={tab}").context["rows"]}

    assert shown(rep, "mine") == {draft.pk, sent.pk, back.pk}
    assert shown(rep, "waiting") == {draft.pk, back.pk}
    assert shown(rep, "accepted") == {done.pk}
    assert shown(rep, "all") == {draft.pk, sent.pk, back.pk, done.pk}
    assert shown(csm, "waiting") == {sent.pk}
    assert shown(csm, "returned") == {back.pk}
    assert shown(csm, "all") == {draft.pk, sent.pk, back.pk, done.pk, other.pk}


def test_age_counts_business_days_and_says_what_is_late(csm, inside, acme_cast, monkeypatch):
    inside(lambda cast: handoffs.submit(answered(cast, _committed(cast, "2026-11-13")), by=cast.sal))
    monkeypatch.setattr("journeys.onboarding.views.listing.local_today", lambda tenant: dt.date(2026, 11, 18))
    [row] = csm.get("/handoffs/?tab=waiting").context["rows"]
    # Friday to Wednesday: Monday, Tuesday, Wednesday.
    assert (row.clock.days, row.clock.late, row.clock.text) == (3, True, "1 business day late")


def _committed(cast, day: str) -> Handoff:
    return handoffs.open(
        AccountFactory(ae=cast.sal), rep=cast.sal, committed_on=dt.date.fromisoformat(day), by=cast.sal
    )


def test_the_list_goes_on_where_it_ended(csm, inside, monkeypatch):
    monkeypatch.setattr("journeys.onboarding.views.listing.PAGE", 2)
    all_of_them = [inside(_committed, f"2026-11-{day}").pk for day in (16, 17, 17, 18, 19)]
    for tab, expected in (("all", all_of_them[::-1]),):
        found, after = [], ""
        while True:
            response = csm.get(f"/handoffs/?tab={tab}&after={after}", **(HTMX if after else {}))
            found += [row.handoff.pk for row in response.context["rows"]]
            after = response.context["after"]
            if not after:
                break
        assert found == expected
    assert csm.get("/handoffs/?tab=all&after=nonsense").status_code == 200
    assert csm.get("/handoffs/?tab=all&after=2026-99-99_4").status_code == 200


def test_empty_lists_say_what_belongs_there(page, acme_cast):
    viewer = page(acme_cast.vera, acme_cast.tenant)
    response = viewer.get("/handoffs/")
    assert response.context["tab"] == "all"
    assert b"No handoffs yet" in response.content
    assert b"Start a handoff" not in response.content


@pytest.mark.parametrize("amount", [1, 30])
def test_the_list_takes_the_same_few_queries_whatever_its_length(csm, inside, amount):
    for _ in range(amount):
        inside(drafted)
    csm.get("/handoffs/?tab=all")
    with CaptureQueriesContext(connection) as queries:
        assert len(csm.get("/handoffs/?tab=all").context["rows"]) == amount
    # session, user, membership, context, counts per tab, the page, the switcher's workspaces
    assert len(queried(queries)) <= 9, queried(queries)


@pytest.mark.parametrize("make", [drafted, submitted, accepted])
def test_a_handoff_takes_few_queries_to_read(csm, inside, make):
    handoff = inside(make)
    csm.get(f"/handoffs/{handoff.pk}/")
    with CaptureQueriesContext(connection) as queries:
        assert csm.get(f"/handoffs/{handoff.pk}/").status_code == 200
    # beside the frame's six: handoff, answers, people, promises, agenda, account visible, journey or proposed CSM
    assert len(queried(queries)) <= 15, queried(queries)


@pytest.mark.parametrize("step", ["failed", "who", "review"])
def test_a_screen_of_the_form_takes_few_queries(rep, inside, step):
    handoff = inside(answered)
    rep.get(f"/handoffs/{handoff.pk}/edit/")
    with CaptureQueriesContext(connection) as queries:
        rep.get(f"/handoffs/{handoff.pk}/edit/?step={step}")
    assert len(queried(queries)) <= 12, queried(queries)


def test_panels_show_whose_turn_it_is_and_what_was_promised(csm, rep, inside):
    handoff = inside(drafted)
    inside(lambda cast: promises.make(handoff, "SSO by March", by=cast.sal))
    assert b"0 of 10 answered" in rep.get("/handoffs/waiting/panel/").content
    inside(submitted, handoff, not_known=("personas",))
    assert handoff.account.name.encode() in csm.get("/handoffs/waiting/panel/").content
    panel = csm.get(f"/accounts/{handoff.account_id}/handoff/panel/").content
    assert b"SSO by March" in panel
    assert b"What kinds of people will use it" in panel
    assert csm.get("/accounts/987654/handoff/panel/").status_code == 404


# Who may


def test_another_reps_deal_does_not_exist_for_a_rep(page, inside, acme_cast):
    handoff = inside(lambda cast: handoffs.open(AccountFactory(), rep=cast.lee, committed_on=COMMITTED, by=cast.lee))
    rep = page(acme_cast.sal, acme_cast.tenant)
    for path in ("", "edit/"):
        assert rep.get(f"/handoffs/{handoff.pk}/{path}").status_code == 404
    assert rep.post(f"/handoffs/{handoff.pk}/answers/pain/", {"text": "x"}).status_code == 404
    assert rep.post(f"/handoffs/{handoff.pk}/submit/").status_code == 404


def test_a_viewer_reads_and_changes_nothing(page, inside, acme_cast):
    handoff = inside(submitted)
    viewer = page(acme_cast.vera, acme_cast.tenant)
    assert viewer.get(f"/handoffs/{handoff.pk}/").status_code == 200
    for path in ("accept/", "return/", "submit/", "answers/pain/", "people/", "promises/"):
        assert viewer.post(f"/handoffs/{handoff.pk}/{path}").status_code == 403
    assert viewer.get("/handoffs/new/").status_code == 403
    assert status_of(acme_cast, handoff) == "submitted"


def test_a_rep_does_not_accept_their_own_deal(rep, inside, acme_cast):
    handoff = inside(submitted)
    assert rep.post(f"/handoffs/{handoff.pk}/accept/", {"csm": acme_cast.cass.pk}).status_code == 403
    assert status_of(acme_cast, handoff) == "submitted"


def test_another_tenant_finds_nothing(page, rival, inside):
    handoff = inside(submitted)
    rita = page(rival.rita, rival.tenant)
    for path in ("", "edit/", "return/"):
        assert rita.get(f"/handoffs/{handoff.pk}/{path}").status_code == 404
    for path in ("accept/", "return/", "submit/", "answers/pain/", "people/", "promises/"):
        assert rita.post(f"/handoffs/{handoff.pk}/{path}").status_code == 404
