"""A model's way: drafted, signed, published, retired; and nothing scores before that."""

from __future__ import annotations

import pytest

from accounts.actions import tasks
from accounts.actions.errors import Conflict, Refused
from accounts.models import Event, Task, TaskStatus, Touched
from metrics.health.actions import beginning, models, signing, versions
from metrics.health.models import Decision, HealthModel, HealthVersion, SignOff, State
from metrics.health.previewing import preview
from tests.factories.accounts import AccountFactory, ContactFactory
from tests.factories.health import TODAY, simple

pytestmark = pytest.mark.django_db


def test_a_model_begins_with_a_draft_that_scores_nobody(acme, scored):
    account = AccountFactory()
    other = models.add({"name": "Enterprise only"}, simple(), by=acme.ada)
    assert (other.key, other.position, other.versions.get().state) == ("enterprise-only", 1, State.DRAFT)
    assert scored.look(account)["health.model"] == "general v1"


def test_every_problem_of_a_definition_is_named_at_its_path(acme, scored):
    wrong = simple(champion=50)
    wrong["pillars"][0]["measures"] = [{**wrong["pillars"][0]["measures"][0], "fact": "ext.nothing"}]
    wrong["limits"][0]["when"] = {"fact": "task.overdue", "is": "many"}
    wrong["bands"] = {"healthy": 50, "symptoms": 70}
    wrong["leas_known"] = 1
    with pytest.raises(Refused) as refused:
        models.add({"name": "Wrong"}, wrong, by=acme.ada)
    assert sorted(refused.value.errors) == [
        "bands.symptoms", "leas_known", "limits.0.when", "pillars.0.measures.0.fact",
    ]  # fmt: skip
    assert HealthModel.objects.count() == 1


def test_weights_total_a_hundred(acme):
    with pytest.raises(Refused) as refused:
        models.add({"name": "Wrong"}, simple(champion=50), by=acme.ada)
    assert refused.value.errors == {"pillars": ["The weights total 90 and not 100: balance them."]}


def test_a_draft_is_published_once_everybody_has_signed(acme, scored):
    account = AccountFactory()
    draft = versions.draft(scored.model, by=acme.olly)
    versions.edit_draft(draft, simple(20, 40, 40), note="Talk counts more", by=acme.olly)
    asked = signing.ask(draft, acme.lee, "leadership", by=acme.olly)
    with pytest.raises(Refused, match="Not signed yet by Lee"):
        versions.publish(draft, by=acme.olly)
    assert HealthVersion.objects.get(pk=draft.pk).state == State.DRAFT
    with pytest.raises(Refused, match="Only the person"):
        signing.decide(asked, signed=True, note="", by=acme.olly)
    with pytest.raises(Refused, match="note"):
        signing.decide(asked, signed=False, note=" ", by=acme.lee)
    signing.decide(asked, signed=True, note="", by=acme.lee)
    Touched.objects.all().delete()
    versions.publish(draft, by=acme.olly)
    assert Touched.objects.filter(account_id=account.pk).count() == 1
    assert {v.number: v.state for v in scored.model.versions.all()} == {1: State.RETIRED, 2: State.PUBLISHED}
    assert scored.look(account)["health.model"] == "general v2"
    assert Event.objects.filter(kind="health_version.published").count() == 2


def test_somebody_who_left_neednt_sign_and_a_no_stays(acme, scored):
    draft = versions.draft(scored.model, by=acme.olly)
    waiting = signing.ask(draft, acme.lee, "leadership", by=acme.olly)
    declined = signing.ask(draft, acme.ada, "product", by=acme.olly)
    signing.decide(declined, signed=False, note="Too strict", by=acme.ada)
    signing.spare(waiting, by=acme.olly)
    with pytest.raises(Refused, match="has answered"):
        signing.spare(declined, by=acme.olly)
    with pytest.raises(Refused, match="Not signed yet by Ada"):
        versions.publish(draft, by=acme.olly)
    assert Event.objects.filter(kind="sign_off.spared").count() == 1


def test_who_signed_is_asked_again_when_the_draft_changes(acme, scored):
    draft = versions.draft(scored.model, by=acme.olly)
    asked = signing.ask(draft, acme.lee, "product", by=acme.olly)
    signing.decide(asked, signed=True, note="", by=acme.lee)
    versions.edit_draft(draft, simple(40, 40, 20), by=acme.olly)
    asked.refresh_from_db()
    assert (asked.decision, asked.decided_at) == (Decision.WAITING, None)


def test_who_is_asked_to_sign_has_a_task_until_it_is_answered(acme, scored):
    draft = versions.draft(scored.model, by=acme.olly)
    asked = signing.ask(draft, acme.lee, "product", by=acme.olly)
    task = Task.objects.get(source="sign_off")
    assert (task.title, task.assignee, task.account) == ("Sign health model “General”, version 2", acme.lee, None)
    assert SignOff.objects.get().task == task
    signing.decide(asked, signed=False, note="Too strict", by=acme.lee)
    task.refresh_from_db()
    assert (task.status, task.outcome_note) == (TaskStatus.DONE, "Declined: Too strict")
    versions.edit_draft(draft, simple(40, 40, 20), by=acme.olly)
    again = Task.objects.open().get(source="sign_off")
    assert (again.assignee, SignOff.objects.get().task) == (acme.lee, again)
    signing.spare(SignOff.objects.get(), by=acme.olly)
    assert not Task.objects.open().exists()


def test_a_draft_that_is_dropped_leaves_nobody_a_task(acme, scored):
    draft = versions.draft(scored.model, by=acme.olly)
    signing.ask(draft, acme.lee, "product", by=acme.olly)
    versions.drop(draft, by=acme.olly)
    assert Task.objects.get(source="sign_off").status == TaskStatus.DROPPED


def test_a_task_closed_by_hand_is_in_nobodys_way(acme, scored):
    draft = versions.draft(scored.model, by=acme.olly)
    asked = signing.ask(draft, acme.lee, "product", by=acme.olly)
    tasks.drop(Task.objects.get(source="sign_off"), by=acme.lee)
    signing.decide(asked, signed=True, note="", by=acme.lee)
    assert versions.publish(draft, by=acme.olly).state == State.PUBLISHED


def test_two_who_edit_one_draft_find_out(acme, scored):
    draft = versions.draft(scored.model, by=acme.olly)
    seen = draft.version
    versions.edit_draft(draft, simple(40, 40, 20), by=acme.olly, version=seen)
    stale = HealthVersion.objects.get(pk=draft.pk)
    with pytest.raises(Conflict):
        versions.edit_draft(stale, simple(20, 20, 60), by=acme.ada, version=seen)
    assert versions.draft(scored.model, by=acme.ada) == draft


def test_what_is_published_never_changes(acme, scored):
    with pytest.raises(Refused, match="Only a draft"):
        versions.edit_draft(scored.version, simple(40, 40, 20), by=acme.olly)
    with pytest.raises(Refused, match="Only a draft"):
        versions.drop(scored.version, by=acme.olly)


def test_the_first_model_in_order_that_applies_scores(acme, scored):
    account = AccountFactory(segment="Enterprise")
    big = {"all": [{"fact": "account.segment", "is": "Enterprise"}]}
    other = models.add({"name": "Big", "applies": big}, simple(20, 40, 40), by=acme.ada)
    versions.publish(other.versions.get(), by=acme.ada)
    assert scored.look(account)["health.model"] == "general v1"
    models.move(other, up=True, by=acme.ada)
    assert scored.look(account)["health.model"] == "big v1"
    models.archive(other, by=acme.ada)
    assert scored.look(account)["health.model"] == "general v1"


def test_a_model_may_not_be_for_a_fact_that_nobody_knows(acme):
    with pytest.raises(Refused) as refused:
        models.add({"name": "X", "applies": {"all": [{"fact": "ext.none", "is": 1}]}}, simple(), by=acme.ada)
    assert list(refused.value.errors) == ["applies"]


def test_a_challenger_scores_beside_and_changes_nobodys_band(acme, scored):
    account = AccountFactory()
    ContactFactory(account=account, buying_role="champion")
    before = scored.look(account)
    draft = versions.draft(scored.model, by=acme.olly)
    versions.edit_draft(draft, simple(55, 25, 20), by=acme.olly)
    versions.shadow(draft, True, by=acme.olly)
    after = scored.look(account)
    assert (before["health.score"], after["health.score"], after["health.challenger"]) == (75, 75, 69)
    assert "health.challenger" not in before


def test_the_preview_counts_every_customer_and_writes_nothing(acme, scored):
    first, second = AccountFactory(name="First"), AccountFactory(name="Second")
    former = AccountFactory(name="Former", phase="ended")
    for account in (first, former):
        ContactFactory(account=account, buying_role="champion")
    scored.look(first, second, former)
    found = preview(scored.model, simple(55, 25, 20), today=TODAY)
    assert found.before == {"healthy": 1, "symptoms": 0, "at_risk": 1, "unknown": 0}
    assert found.after == {"healthy": 0, "symptoms": 1, "at_risk": 1, "unknown": 0}
    assert (found.changing, found.scored, found.total) == (1, 2, 2)
    assert [(c.name, c.before, c.after, c.score_before, c.score_after) for c in found.first] == [
        ("First", "healthy", "symptoms", 75, 69)
    ]
    assert scored.model.versions.count() == 1


def test_a_workspace_begins_with_two_models_of_one_metric_a_pillar(acme):
    made = beginning.begin(by=acme.ada)
    assert [model.key for model in made] == ["onboarding", "general"]
    for model in made:
        version = model.versions.get()
        assert version.state == State.PUBLISHED
        assert [len(pillar["measures"]) for pillar in version.definition["pillars"]] == [1] * len(
            version.definition["pillars"]
        )
    with pytest.raises(Refused, match="already"):
        beginning.begin(by=acme.ada)
