"""Maturity: answers become a level and a fact, and with health a place on the matrix."""

from __future__ import annotations

import copy
import datetime as dt

import pytest
from django.utils import timezone

from accounts.actions import knowledge
from accounts.actions.errors import Conflict, Refused
from accounts.models import Account, AccountFacts
from accounts.tenancy.context import tenant_context
from metrics.maturity import actions, board, index
from metrics.maturity.models import Assessment
from tests.factories.accounts import TODAY, AccountFactory, AccountFactsFactory
from tests.factories.maturity import AssessmentFactory, MaturityTemplateFactory

pytestmark = pytest.mark.django_db


def test_answers_come_to_a_score_and_a_level():
    """Levels 1, 2, 4, 4 of four: seven of twelve steps, and a mean of 2.75."""
    assert index.score({"a": 1, "b": 2, "c": 4, "d": 4}) == 58
    assert index.level({"a": 1, "b": 2, "c": 4, "d": 4}) == 3
    assert [index.score({"a": n}) for n in index.LEVELS] == [0, 33, 67, 100]
    assert not index.problems(index.USUAL)


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ([], "at least one"), ("text", "at least one"), ([{"key": "a"}], "Question 1"),
        ([index.USUAL[0], index.USUAL[0]], "key of its own"),
        ([index.USUAL[0] | {"area": "weather"}], "area"), ([index.USUAL[0] | {"levels": ["a", "b"]}], "four levels"),
        ([index.USUAL[0] | {"text": "x" * 301}], "300"), ([index.USUAL[0]] * 31, "At most 30"),
    ],
)  # fmt: skip
def test_wrong_questions_are_named(acme, wrong, word):
    with pytest.raises(Refused, match=word):
        actions.add({"name": "Wrong", "questions": wrong}, by=acme.ada)


def test_the_newest_assessment_is_what_is_known_and_nothing_of_tomorrow(acme):
    account, now = AccountFactory(), timezone.now()
    template, today = MaturityTemplateFactory(), now.date()
    AssessmentFactory(account=account, template=template, level=2, today=today, on=today - dt.timedelta(days=90))
    AssessmentFactory(account=account, template=template, level=4, today=today)
    knowledge.follow([account.pk], tenant=acme.tenant, at=now + dt.timedelta(seconds=5))
    facts = AccountFacts.objects.get(account=account).facts
    assert (facts["maturity.score"], facts["maturity.level"], facts["@maturity"]) == (100, 4, today.isoformat())
    with pytest.raises(Refused, match="future"):
        AssessmentFactory(account=account, template=template, today=TODAY, on=TODAY + dt.timedelta(days=1))


def test_an_answer_is_refused_by_its_question(acme):
    account, template = AccountFactory(), MaturityTemplateFactory()
    with pytest.raises(Refused) as refused:
        actions.assess(account, template, {"owner": 5, "skills": True, "steps": 2.0, "x": 1}, by=acme.cass, today=TODAY)
    assert set(refused.value.errors) == {
        "answers.owner", "answers.skills", "answers.steps", "answers.change", "answers.x",
    }  # fmt: skip
    assert not Assessment.objects.exists()


def placed(health: int | None, maturity: int | None, arr: int = 100_00) -> Account:
    account = AccountFactory()
    known = {"health.score": health, "maturity.score": maturity, "contract.arr": arr}
    facts = {name: value for name, value in known.items() if value is not None}
    AccountFactsFactory(account=account, facts=facts)
    return account


def test_each_account_lies_in_one_cell_and_thresholds_are_high(acme):
    first = placed(70, 49)
    for health, maturity in ((70, 50), (100, 100), (69, 50), (69, 49), (None, 50), (80, None)):
        placed(health, maturity)
    found = board.board(Account.objects.all(), actions.matrix())
    assert {each.key: each.count for each in found.cells} == {"expand": 1, "retain": 2, "save": 1, "let_churn": 1}
    assert found.apart == 2
    assert [row.id for row in board.inside(Account.objects.all(), found.matrix, "expand")] == [first.pk]
    assert board.board(Account.objects.none(), found.matrix).apart == 0
    assert found.cells[1].hours == 2 * found.cells[1].hours_each


def test_the_matrix_is_changed_by_one_at_a_time(acme):
    cells = copy.deepcopy(index.USUAL_CELLS)
    cells["save"]["label"] = "Rescue"
    usual = actions.matrix().version
    row = actions.edit_matrix({"cells": cells, "health_from": 60}, by=acme.ada, version=usual)
    assert (row.version, actions.matrix().cells["save"]["label"]) == (1, "Rescue")
    with pytest.raises(Conflict):
        actions.edit_matrix({"health_from": 50}, by=acme.ada, version=usual)
    assert actions.edit_matrix({"maturity_from": 40}, by=acme.ada, version=1).version == 2
    with pytest.raises(Conflict):
        actions.edit_matrix({"maturity_from": 30}, by=acme.ada, version=1)
    cells["save"]["hours"] = -1
    with pytest.raises(Refused, match="Hours"):
        actions.edit_matrix({"cells": cells}, by=acme.ada)


def fields(response) -> dict[str, str]:
    """What the editor's form would send."""
    form, questions = response.context["form"], response.context["questions"]
    found = {"count": str(len(questions)), "name": str(form["name"].value()), "version": form["version"].value() or ""}
    return found | {field.html_name: field.value() or "" for each in questions for field in each}


def test_a_template_is_edited_question_by_question_and_keeps_its_versions(acme_cast, page):
    with tenant_context(acme_cast.tenant):
        template = MaturityTemplateFactory(name="Ours")
        account = AccountFactory(csm=acme_cast.cass)
        AssessmentFactory(account=account, template=template)
    ada, where = page(acme_cast.ada, acme_cast.tenant), f"/settings/maturity/{template.pk}/"
    said = fields(ada.get(where))
    longer = ada.post(where, said | {"act": "add", "q0-text": "Typed"})
    assert len(longer.context["questions"]) == 5
    assert "Typed" in longer.content.decode()
    fewer = fields(ada.post(where, said | {"act": "drop:1"}))
    assert (fewer["count"], fewer["q1-key"]) == ("3", "steps")
    other = fields(ada.post(where, said | {"act": "up:1"}))
    assert (other["q0-key"], other["q1-key"]) == ("skills", "owner")
    for act in ("drop:99", "up:0", "down:x", "dance"):
        assert fields(ada.post(where, said | {"act": act})) == {**said, "version": str(said["version"])}
    with tenant_context(acme_cast.tenant):
        assert template.versions.count() == 1
    assert ada.post(where, fewer | {"act": "save", "q0-level_1": "Nobody at all"}).status_code == 302
    stale = ada.post(where, said | {"act": "save", "name": "Theirs"})
    assert stale.status_code == 409
    assert "Theirs" in stale.content.decode()
    with tenant_context(acme_cast.tenant):
        second, first = template.versions.all()
        assert (first.number, len(first.questions), second.number, len(second.questions)) == (1, 4, 2, 3)
        assert index.changed(first.questions, second.questions) == [
            ("dropped", index.USUAL[1]["text"]), ("edited", index.USUAL[0]["text"]),
        ]  # fmt: skip
        assert Assessment.objects.get().template_number == 1
    html = ada.get(f"{where}versions/2/").content.decode()
    assert "Nobody at all" in html
    assert "Dropped" in html
    assert ada.get(f"{where}versions/9/").status_code == 404
    assert (
        "version 1" in page(acme_cast.cass, acme_cast.tenant).get(f"/accounts/{account.pk}/maturity/").content.decode()
    )


def test_a_template_is_edited_as_text_too(acme_cast, page):
    with tenant_context(acme_cast.tenant):
        template = MaturityTemplateFactory()
    ada, where = page(acme_cast.ada, acme_cast.tenant), f"/settings/maturity/{template.pk}/yaml/"
    said = ada.get(where).context["form"].initial
    refused = ada.post(where, said | {"questions": "- {key: only"})
    assert refused.status_code == 422
    assert "- {key: only" in refused.content.decode()
    assert ada.post(where, said | {"questions": "a: &a [1]\nb: *a"}).status_code == 422
    assert ada.post(where, said | {"name": "Renamed"}).status_code == 302


def test_each_template_can_be_assessed_with(acme_cast, page):
    with tenant_context(acme_cast.tenant):
        account = AccountFactory(csm=acme_cast.cass)
        _first, second = MaturityTemplateFactory(name="First"), MaturityTemplateFactory(name="Second")
    cass = page(acme_cast.cass, acme_cast.tenant)
    html = cass.get(f"/accounts/{account.pk}/maturity/").content.decode()
    assert f"?template={second.pk}" in html
    where = f"/accounts/{account.pk}/maturity/assess/?template={second.pk}"
    said = {"on": TODAY, "note": ""} | {f"answers.{each['key']}": "2" for each in second.questions}
    assert cass.post(where, said).status_code == 302
    with tenant_context(acme_cast.tenant):
        assert Assessment.objects.get().template_id == second.pk
    assert "Assess: First" in cass.get(f"/accounts/{account.pk}/maturity/").content.decode()


def test_the_matrix_is_a_table_whose_cells_open_their_accounts(acme_cast, page):
    with tenant_context(acme_cast.tenant):
        placed(80, 20, arr=5_000_00)
        placed(90, 30, arr=7_000_00)
    html = page(acme_cast.lee, acme_cast.tenant).get("/maturity/?scope=all").content.decode()
    table = html[html.index("<caption") : html.index("</table>")]
    assert table.count('scope="col"') == 3
    assert table.count('scope="row"') == 2
    assert "Open: Expand, 2 accounts, $12K ARR" in table
    assert "cell=expand" in table


def test_pages_from_the_first_question_to_the_matrix(acme_cast, page):
    with tenant_context(acme_cast.tenant):
        account = AccountFactory(name="Northwind", csm=acme_cast.cass)
    ada, cass = page(acme_cast.ada, acme_cast.tenant), page(acme_cast.cass, acme_cast.tenant)
    assert cass.get(f"/accounts/{account.pk}/maturity/assess/").status_code == 404
    said = fields(ada.get("/settings/maturity/new/")) | {"name": "Ours", "act": "save"}
    refused = ada.post("/settings/maturity/new/", said | {"q1-text": " ", "q1-level_2": "Half of it"})
    assert refused.status_code == 422
    assert "Half of it" in refused.content.decode()
    assert ada.post("/settings/maturity/new/", said).status_code == 302
    assert cass.post("/settings/maturity/new/", said).status_code == 403
    where = f"/accounts/{account.pk}/maturity/assess/"
    answers = {f"answers.{each['key']}": "3" for each in index.USUAL} | {"on": "2026-01-05", "note": "Asked them"}
    incomplete = cass.post(where, answers | {"answers.owner": ""})
    assert incomplete.status_code == 422
    assert "Asked them" in incomplete.content.decode()
    assert cass.post(where, answers).status_code == 302
    html = cass.get(f"/accounts/{account.pk}/maturity/").content.decode()
    assert "Level 3: Managed" in html
    assert "Asked them" in html
    with tenant_context(acme_cast.tenant):
        AccountFactsFactory(account=account, facts={"health.score": 20, "maturity.score": 67})
    html = cass.get("/maturity/?cell=save&scope=all").content.decode()
    assert "Northwind" in html
    assert cass.get("/maturity/?cell=nothing&scope=x").status_code == 200


def test_the_matrix_form_keeps_what_was_typed(acme_cast, page):
    ada = page(acme_cast.ada, acme_cast.tenant)
    form = ada.get("/settings/maturity/matrix/").context["form"]
    said = {name: str(form[name].value()) for name in form.fields}
    refused = ada.post("/settings/maturity/matrix/", said | {"save-hours": "-4", "save-label": "Rescue"})
    assert refused.status_code == 422
    assert "Rescue" in refused.content.decode()
    assert ada.post("/settings/maturity/matrix/", said | {"save-label": "Rescue"}).status_code == 302
    assert "Rescue" in ada.get("/settings/maturity/").content.decode()


def test_the_api_asks_assesses_and_draws(api, acme_cast):
    with tenant_context(acme_cast.tenant):
        account = AccountFactory()
    made = api.post("/maturity-templates", {"name": "Ours", "questions": index.USUAL[:2]})
    assert made.status_code == 201
    body = {"template": made.json()["id"], "answers": {"owner": 4, "skills": 1}}
    found = api.post(f"/accounts/{account.pk}/maturity", body).json()
    assert (found["score"], found["level"]) == (50, 3)
    assert api.post(f"/accounts/{account.pk}/maturity", body | {"answers": {"owner": 9}}).status_code == 400
    assert api.post(f"/accounts/{account.pk}/maturity", body | {"template": 999}).status_code == 400
    assert len(api.get(f"/accounts/{account.pk}/maturity").json()["results"]) == 1
    assert api.get("/accounts/999999/maturity").status_code == 404
    matrix = api.get("/maturity-matrix").json()
    assert (matrix["health_from"], matrix["apart"], len(matrix["cells"])) == (70, 1, 4)
    assert api.post("/maturity-matrix", {"health_from": 60}).json()["health_from"] == 60
    assert api.post("/maturity-matrix", {"health_from": 0}).status_code == 400
    with tenant_context(acme_cast.tenant):
        facts = {"health.score": 80, "maturity.score": 10}
        for arr, currency in ((1_200_050, "USD"), (99_000, "JPY")):
            paying = AccountFactory(currency=currency)
            AccountFactsFactory(account=paying, facts=facts | {"contract.arr": arr})
    cells = {cell["key"]: cell for cell in api.get("/maturity-matrix").json()["cells"]}
    assert cells["expand"]["accounts"] == 2
    sums = [{"amount": "12000.50", "currency": "USD"}, {"amount": "99000", "currency": "JPY"}]
    assert (cells["expand"]["arr"], cells["save"]["arr"]) == (sums, [])
    pk = made.json()["id"]
    assert api.patch(f"/maturity-templates/{pk}", {"name": "Theirs", "version": 1}).json()["version"] == 2
    assert api.post(f"/maturity-templates/{pk}/archive", {}).json()["archived_at"]
    assert api.post(f"/accounts/{account.pk}/maturity", body).status_code == 400
