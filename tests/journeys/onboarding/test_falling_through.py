"""A deal that falls through, and a deal that another rep takes on."""

import pytest
from django.db import IntegrityError, transaction

from accounts import registry
from accounts.actions.errors import Conflict, Refused
from accounts.models import Event, Membership
from accounts.tenancy.context import tenant_context
from journeys.onboarding.actions import agenda, handoffs, promises
from journeys.onboarding.models import AgendaItem, Handoff
from tests.factories.accounts import AccountFactory, UserFactory
from tests.factories.onboarding import accepted, drafted, returned, submitted

HTMX = {"HTTP_HX_REQUEST": "true"}
WHY = "They chose to wait a year."


def kinds() -> list[str]:
    return list(Event.objects.order_by("id").values_list("kind", flat=True))


def told(kind: str) -> str:
    return registry.tell(kind, Event.objects.get(kind=kind).facts)


def second_rep(cast):
    sid = UserFactory(email="sid@acme.test", name="Sid of Acme")
    Membership.objects.create(tenant=cast.tenant, user=sid, role="sales")
    return sid


@pytest.fixture
def inside(acme_cast):
    """inside(fn, …) runs fn(cast, …) in Acme's context."""

    def run(make, *args, **kwargs):
        with tenant_context(acme_cast.tenant):
            return make(acme_cast, *args, **kwargs)

    return run


@pytest.mark.parametrize("make", [drafted, returned, submitted])
def test_a_deal_that_falls_through_is_dropped_with_its_reason(acme, make):
    handoff = handoffs.drop(make(acme), f"  {WHY} ", by=acme.sal)
    assert (handoff.status, handoff.drop_reason, handoff.dropped_by) == ("dropped", WHY, acme.sal)
    assert handoff.dropped_at is not None
    assert told("handoff.dropped") == f"Sal of Acme dropped the handoff: {WHY}"
    assert Event.objects.get(kind="handoff.dropped").facts["handoff_id"] == handoff.pk


def test_a_dropped_deal_is_over_and_the_account_may_be_handed_over_again(acme):
    handoff = handoffs.drop(drafted(acme), WHY, by=acme.sal)
    before = kinds()
    for act in (
        lambda: handoffs.answer(handoff, "pain", "Slow", by=acme.sal),
        lambda: handoffs.edit(handoff, {"csm": acme.cass}, by=acme.sal),
        lambda: handoffs.submit(handoff, by=acme.sal),
        lambda: handoffs.accept(handoff, by=acme.cass),
        lambda: handoffs.return_(handoff, {"pain": "Where?"}, by=acme.cass),
        lambda: handoffs.drop(handoff, WHY, by=acme.sal),
        lambda: handoffs.reassign(handoff, acme.lee, by=acme.sal),
        lambda: promises.make(handoff, "SSO", by=acme.sal),
    ):
        with pytest.raises(Conflict):
            act()
    assert kinds() == before
    assert not Handoff.objects.open().exists()
    assert drafted(acme, handoff.account).pk != handoff.pk


def test_nothing_is_dropped_without_a_reason_or_after_acceptance(acme):
    draft, taken = drafted(acme), accepted(acme)
    before = kinds()
    with pytest.raises(Refused) as refused:
        handoffs.drop(draft, "  ", by=acme.sal)
    assert list(refused.value.errors) == ["reason"]
    with pytest.raises(Conflict):
        handoffs.drop(taken, WHY, by=acme.sal)
    with pytest.raises(Conflict):
        handoffs.drop(draft, WHY, by=acme.sal, version=draft.version + 1)
    draft.refresh_from_db()
    assert (draft.status, kinds()) == ("draft", before)


def test_the_database_keeps_no_drop_without_who_and_why(acme):
    handoff = drafted(acme)
    for half in ({"status": "dropped"}, {"drop_reason": WHY}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Handoff.objects.filter(pk=handoff.pk).update(**half)


def test_another_rep_takes_the_deal_on_and_its_account_with_it(acme):
    handoff, sid = drafted(acme), second_rep(acme)
    handoff = handoffs.reassign(handoff, sid, by=acme.sal)
    handoff.account.refresh_from_db()
    assert (handoff.rep, handoff.account.ae) == (sid, sid)
    assert told("handoff.reassigned") == "Sal of Acme gave the deal from Sal of Acme to Sid of Acme"
    assert "handoff.edited" not in kinds()
    before = kinds()
    handoffs.reassign(handoff, sid, by=acme.lee)
    assert kinds() == before, "whoever holds it already is no news"


def test_an_account_that_somebody_else_sells_stays_theirs(acme):
    handoff = drafted(acme, AccountFactory(ae=acme.lee))
    handoffs.reassign(handoff, second_rep(acme), by=acme.lee)
    handoff.account.refresh_from_db()
    assert handoff.account.ae == acme.lee


def test_an_edit_that_changes_the_rep_is_told_as_what_it_is(acme):
    handoff = handoffs.edit(drafted(acme), {"rep": acme.lee, "csm": acme.cass}, by=acme.ada)
    assert (handoff.rep, handoff.csm) == (acme.lee, acme.cass)
    assert told("handoff.reassigned") == "Ada of Acme gave the deal from Sal of Acme to Lee of Acme"
    assert Event.objects.get(kind="handoff.edited").facts["fields"] == ["csm"]


def test_a_deal_goes_to_nobody_who_can_not_write_it(acme, rival):
    handoff = drafted(acme)
    for person in (acme.vera, rival.rita):
        with pytest.raises(Refused) as refused:
            handoffs.reassign(handoff, person, by=acme.lee)
        assert list(refused.value.errors) == ["rep"]
    with pytest.raises(Conflict):
        handoffs.reassign(handoff, acme.lee, by=acme.ada, version=handoff.version + 1)
    with pytest.raises(Conflict):
        handoffs.reassign(accepted(acme), acme.lee, by=acme.ada)
    handoff.refresh_from_db()
    assert (handoff.rep, "handoff.reassigned" in kinds()) == (acme.sal, False)


def test_the_rep_drops_it_from_its_page(page, acme_cast, inside):
    handoff = inside(drafted)
    rep = page(acme_cast.sal, acme_cast.tenant)
    at = f"/handoffs/{handoff.pk}/drop/"
    assert at.encode() in rep.get(f"/handoffs/{handoff.pk}/edit/").content
    assert b"<html" not in rep.get(at, **HTMX).content
    assert b"Why the deal falls through" in rep.get(at).content
    assert rep.post(at, {"reason": " ", "version": 1}).status_code == 422
    assert rep.post(at, {"reason": WHY, "version": 7}).status_code == 409
    answer = rep.post(at, {"reason": WHY, "version": 1})
    assert (answer.status_code, answer["Location"]) == (302, f"/w/acme/handoffs/{handoff.pk}/")
    shown = rep.get(answer["Location"]).content.decode()
    assert WHY in shown
    assert "Dropped by Sal of Acme" in shown
    assert "/drop/" not in shown
    assert "days late" not in shown, "its clock stands still"
    assert rep.get(at).status_code == 302
    assert rep.post(at, {"reason": WHY}).status_code == 409


def test_a_dropped_deal_leaves_the_lists_and_the_account_offers_another(page, acme_cast, inside):
    handoff = inside(submitted, not_known=("decision",))
    inside(lambda cast: handoffs.drop(handoff, WHY, by=cast.sal))
    rep, csm = page(acme_cast.sal, acme_cast.tenant), page(acme_cast.cass, acme_cast.tenant)
    assert handoff.account.name not in rep.get("/handoffs/?tab=mine").content.decode()
    assert handoff.account.name not in csm.get("/handoffs/?tab=waiting").content.decode()
    assert "Dropped" in csm.get("/handoffs/?tab=all").content.decode()
    panel = rep.get(f"/accounts/{handoff.account_id}/handoff/panel/").content.decode()
    assert "Dropped" in panel
    assert f"/handoffs/new/?account={handoff.account_id}" in panel
    assert "To ask at the kickoff" not in panel


def test_a_second_deal_that_fell_through_hides_no_promise_of_the_first(page, acme_cast, inside):
    first = inside(accepted)
    inside(lambda cast: handoffs.drop(drafted(cast, first.account), WHY, by=cast.sal))
    panel = page(acme_cast.sal, acme_cast.tenant).get(f"/accounts/{first.account_id}/handoff/panel/").content.decode()
    assert f"/handoffs/{first.pk}/" in panel
    assert WHY not in panel


def test_the_rep_gives_the_deal_to_a_colleague(page, acme_cast, inside):
    handoff, sid = inside(drafted), second_rep(acme_cast)
    rep = page(acme_cast.sal, acme_cast.tenant)
    at = f"/handoffs/{handoff.pk}/rep/"
    assert at.encode() in rep.get(f"/handoffs/{handoff.pk}/edit/").content
    assert b"<html" not in rep.get(at, **HTMX).content
    assert rep.post(at, {"rep": acme_cast.vera.pk, "version": 1}).status_code == 422
    answer = rep.post(at, {"rep": sid.pk, "version": 1})
    assert (answer.status_code, answer["Location"]) == (302, "/w/acme/handoffs/"), "it is out of one's own sight now"
    assert rep.get(f"/handoffs/{handoff.pk}/").status_code == 404
    assert page(sid, acme_cast.tenant).get(f"/handoffs/{handoff.pk}/edit/").status_code == 200
    leader = page(acme_cast.lee, acme_cast.tenant)
    answer = leader.post(at, {"rep": acme_cast.sal.pk})
    assert (answer.status_code, answer["Location"]) == (302, f"/w/acme/handoffs/{handoff.pk}/")


@pytest.mark.parametrize("verb", ["drop", "rep"])
def test_only_who_holds_it_and_who_runs_the_shop_may(page, acme_cast, inside, verb):
    """A rep who sells the account sees a colleague's deal and leaves it alone."""
    sid = second_rep(acme_cast)
    handoff = inside(lambda cast: drafted(cast, AccountFactory(ae=sid)))
    at = f"/handoffs/{handoff.pk}/{verb}/"
    may = {name: page(getattr(acme_cast, name), acme_cast.tenant).get(at).status_code for name in
           ("sal", "ada", "lee", "olly", "cass", "vera", "dee", "sue")}  # fmt: skip
    assert may == {"sal": 200, "ada": 200, "lee": 200, "olly": 200, "cass": 403, "vera": 403, "dee": 403, "sue": 403}
    colleague = page(sid, acme_cast.tenant)
    assert colleague.get(f"/handoffs/{handoff.pk}/").status_code == 200
    assert at.encode() not in colleague.get(f"/handoffs/{handoff.pk}/").content
    assert colleague.get(at).status_code == 403
    assert colleague.post(at, {"reason": WHY, "rep": sid.pk}).status_code == 403
    assert inside(lambda _: Handoff.objects.get().status) == "draft"


def test_the_api_drops_and_reassigns(api, acme_cast, inside):
    handoff = inside(drafted)
    path = f"/handoffs/{handoff.pk}"
    assert api.post(f"{path}/reassign", {"rep": "lee@acme.test"}).json()["rep"]["id"] == acme_cast.lee.pk
    refused = api.post(f"{path}/reassign", {"rep": "vera@acme.test"})
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["rep"])
    assert api.post(f"{path}/drop", {}).status_code == 400
    dropped = api.post(f"{path}/drop", {"reason": WHY}).json()
    assert (dropped["status"], dropped["drop_reason"], dropped["dropped_at"] is None) == ("dropped", WHY, False)
    assert api.post(f"{path}/drop", {"reason": WHY}).status_code == 409
    assert api.get("/handoffs?status=dropped").json()["results"] == [dropped]


def test_reasons_for_a_return_are_told_by_letter(acme):
    returned(acme, organization="Who reports to whom?", impact_rational="By how much?", pain="Which site?")
    assert told("handoff.returned") == (
        "Cass of Acme asked back: P, Pain: “Which site?”; I, Impact for the company: “By how much?”; "
        "Organization: “Who reports to whom?”"
    )


def test_the_kickoff_comes_after_the_acceptance(acme):
    submitted(acme, not_known=("decision",))
    item, before = AgendaItem.objects.get(), kinds()
    with pytest.raises(Refused) as refused:
        agenda.answer(item, "The CFO", by=acme.cass)
    assert refused.value.errors == {"": ["This is asked at the kickoff, once the handoff is accepted."]}
    item.refresh_from_db()
    assert (item.is_open, kinds()) == (True, before)


def test_an_open_question_is_offered_once_the_handoff_is_accepted(page, acme_cast, inside):
    handoff = inside(submitted, not_known=("decision",))
    csm = page(acme_cast.cass, acme_cast.tenant)
    item = inside(lambda _: AgendaItem.objects.get())
    at = f"/agenda/{item.pk}/answer/"
    assert at.encode() not in csm.get(f"/handoffs/{handoff.pk}/").content
    assert csm.get(at).status_code == 302
    assert csm.post(at, {"text": "The CFO"}).status_code == 422
    inside(lambda cast: handoffs.accept(handoff, by=cast.cass))
    assert at.encode() in csm.get(f"/handoffs/{handoff.pk}/").content


def test_where_one_only_posts_a_visit_leads_back(page, acme_cast, inside):
    handoff = inside(lambda cast: promises.make(drafted(cast), "SSO by March", by=cast.sal).handoff)
    promise, contact = inside(lambda _: (handoff.promises.get(), handoff.account.contacts.create(name="Tomas Ruiz")))
    rep, leader = page(acme_cast.sal, acme_cast.tenant), page(acme_cast.lee, acme_cast.tenant)
    edit = f"/w/acme/handoffs/{handoff.pk}/edit/"
    for path, back in {
        f"/handoffs/{handoff.pk}/submit/": f"{edit}?step=review",
        f"/handoffs/{handoff.pk}/answers/pain/": f"{edit}?step=failed",
        f"/handoffs/{handoff.pk}/people/": f"{edit}?step=who",
        f"/handoffs/{handoff.pk}/people/{contact.pk}/": f"{edit}?step=who",
        f"/handoffs/{handoff.pk}/promises/": f"{edit}?step=risks",
        f"/promises/{promise.pk}/withdraw/": f"{edit}?step=risks",
    }.items():
        answer = rep.get(path)
        assert (path, answer.status_code, answer.headers.get("Location")) == (path, 302, back)
    assert leader.get(f"/handoffs/{handoff.pk}/accept/")["Location"] == f"/w/acme/handoffs/{handoff.pk}/"
    assert rep.get(f"/handoffs/{handoff.pk}/answers/shoe_size/").status_code == 404
    assert rep.get("/handoffs/987654/submit/").status_code == 404
