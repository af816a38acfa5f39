"""The outbox: nothing lost, nothing doubled inside, the same id at every try, and nobody who hangs holds up others."""

import datetime as dt
import importlib
import json
import threading
import uuid
from types import SimpleNamespace

import pytest
from django.db import connection, connections
from django.db.models import F
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from standardwebhooks import Webhook

from accounts.actions.errors import Conflict, Refused
from accounts.models import Event, TenantWork
from accounts.tenancy.context import tenant_context
from blueprints import sending
from blueprints.actions import answers, deliveries, endpoints, hushing, notices, templates, turns
from blueprints.models import Channel, Delivery, Endpoint, Notice, PlayVersion
from tests.blueprints.test_sending import receiver, saying
from tests.blueprints.watched import around_now
from tests.factories.accounts import AccountFactory
from tests.factories.blueprints import (
    DeliveryFactory,
    EndpointFactory,
    MessageTemplateFactory,
    PlayFactory,
    RunFactory,
    step,
)

OK = sending.Answer(200)
DOWN = sending.Answer(503, "It answered 503.", True)
NO = sending.Answer(400, "It answered 400.")


class World:
    """Other systems, by address: what each answers; `sent` is what came to them."""

    def __init__(self, monkeypatch) -> None:
        self.says, self.sent = {}, []
        monkeypatch.setattr(sending, "post", self.post)

    def post(self, url, body, headers, **_):
        self.sent.append((url, headers.get("webhook-id")))
        answer = self.says.get(url, OK)
        return answer() if callable(answer) else answer


@pytest.fixture
def world(monkeypatch) -> World:
    return World(monkeypatch)


def later(**delta: float) -> None:
    """As if so much time had passed."""
    back = dt.timedelta(**delta)
    Delivery.objects.filter(state__in=["waiting", "sending"]).update(due_at=F("due_at") - back)
    Delivery.objects.filter(state="sending").update(lease_until=F("lease_until") - back)
    Endpoint.objects.filter(failing_since__isnull=False).update(failing_since=F("failing_since") - back)
    Endpoint.objects.filter(resume_at__isnull=False).update(resume_at=F("resume_at") - back)


def test_what_is_due_is_sent_once(acme, world):
    first, second = DeliveryFactory(), DeliveryFactory()
    assert deliveries.send_due(acme.tenant.pk) == 2
    assert sorted(uid for _, uid in world.sent) == sorted([str(first.uid), str(second.uid)])
    first.refresh_from_db()
    assert (first.state, first.attempts, first.status, first.last_error, first.lease) == ("sent", 1, 200, "", None)
    assert first.sent_at is not None
    assert deliveries.send_due(acme.tenant.pk) == 0
    assert len(world.sent) == 2
    assert not TenantWork.objects.filter(kind=deliveries.DELIVERIES).exists()


def test_a_try_that_fails_comes_later_and_later_and_is_given_up_in_the_end(acme, world):
    delivery = DeliveryFactory()
    world.says[delivery.endpoint.url] = NO
    delays = []
    for _ in range(8):
        assert deliveries.send_due(acme.tenant.pk) == 1
        waiting = Delivery.objects.filter(state="waiting").annotate(delay=F("due_at") - Now()).first()
        delays.append(waiting and round(waiting.delay.total_seconds()))
        later(hours=11)
    assert delays == [5, 300, 1800, 7200, 18000, 36000, 36000, None]
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts, delivery.last_error) == ("dead", 8, "It answered 400.")
    assert len({uid for _, uid in world.sent}) == 1
    assert Event.objects.filter(kind="delivery.given_up").count() == 1
    later(days=30)
    assert deliveries.send_due(acme.tenant.pk) == 0


def test_what_was_given_up_is_sent_again_under_its_id(acme, world):
    delivery = DeliveryFactory(state="dead", attempts=8)
    assert deliveries.send_due(acme.tenant.pk) == 0
    deliveries.send_again(delivery, by=acme.olly)
    with pytest.raises(Refused):
        deliveries.send_again(delivery, by=acme.olly)
    assert deliveries.send_due(acme.tenant.pk) == 1
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("sent", 1)
    assert world.sent == [(delivery.endpoint.url, str(delivery.uid))]


def test_a_day_of_failures_loses_nothing_and_asks_ever_less(acme, world):
    endpoint = EndpointFactory()
    waiting = [DeliveryFactory(endpoint=endpoint) for _ in range(20)]
    world.says[endpoint.url] = DOWN
    for _ in range(48):
        deliveries.send_due(acme.tenant.pk)
        later(minutes=30)
    assert Delivery.objects.filter(state="sent").count() == 0
    assert len(world.sent) < 60
    world.says[endpoint.url] = OK
    for _ in range(10):
        deliveries.send_due(acme.tenant.pk)
        later(hours=10)
    assert Delivery.objects.filter(state="sent").count() + Delivery.objects.dead().count() == 20
    for dead in Delivery.objects.dead():
        deliveries.send_again(dead, by=acme.olly)
    deliveries.send_due(acme.tenant.pk)
    assert Delivery.objects.filter(state="sent").count() == 20
    assert {uid for _, uid in world.sent} == {str(each.uid) for each in waiting}


def test_an_endpoint_that_fails_holds_up_no_other(acme, world):
    bad, good = EndpointFactory(url="https://bad.example.com/"), EndpointFactory(url="https://good.example.com/")
    world.says[bad.url] = DOWN
    for _ in range(30):
        DeliveryFactory(endpoint=bad)
    DeliveryFactory(endpoint=good)
    deliveries.send_due(acme.tenant.pk)
    assert Delivery.objects.get(endpoint=good).state == "sent"
    assert sum(url == bad.url for url, _ in world.sent) == deliveries.ROOM
    later(seconds=6)
    deliveries.send_due(acme.tenant.pk)
    assert sum(url == bad.url for url, _ in world.sent) == deliveries.ROOM + 1  # one by one while it fails


def test_a_wish_for_time_is_respected(acme, world):
    delivery = DeliveryFactory()
    world.says[delivery.endpoint.url] = sending.Answer(429, "It answered 429.", True, 600)
    deliveries.send_due(acme.tenant.pk)
    wait = Delivery.objects.annotate(delay=F("due_at") - Now()).get().delay.total_seconds()
    assert 590 < wait <= 600
    later(seconds=300)
    assert deliveries.send_due(acme.tenant.pk) == 0
    later(seconds=301)
    world.says.clear()
    assert deliveries.send_due(acme.tenant.pk) == 1
    endpoint = Endpoint.objects.get()
    assert (endpoint.failing_since, endpoint.resume_at) == (None, None)


def test_after_five_days_an_endpoint_is_switched_off_and_what_waits_is_kept(acme, world):
    delivery = DeliveryFactory()
    endpoint = delivery.endpoint
    world.says[endpoint.url] = DOWN
    Endpoint.objects.update(failing_since=Now() - dt.timedelta(days=5, hours=1))
    deliveries.send_due(acme.tenant.pk)
    endpoint.refresh_from_db()
    assert not endpoint.active
    assert set(Notice.objects.values_list("recipient", flat=True)) == {acme.ada.pk, acme.lee.pk, acme.olly.pk}
    assert Event.objects.filter(kind="endpoint.stopped").count() == 1
    later(days=2)
    assert deliveries.send_due(acme.tenant.pk) == 0
    assert not TenantWork.objects.filter(kind=deliveries.DELIVERIES).exists()
    world.says.clear()
    endpoints.switch_on(endpoint, by=acme.olly)
    assert deliveries.waiting_tenants() == [acme.tenant.pk]
    deliveries.send_due(acme.tenant.pk)
    assert Delivery.objects.get().state == "sent"


def test_one_that_says_it_is_gone_is_switched_off_at_once(acme, world):
    delivery = DeliveryFactory()
    world.says[delivery.endpoint.url] = sending.Answer(410, "It answered 410.")
    deliveries.send_due(acme.tenant.pk)
    assert not Endpoint.objects.get().active
    assert Delivery.objects.get().state == "waiting"


def test_a_sender_killed_before_it_marks_sends_again_with_the_same_id(acme, world, monkeypatch):
    class Killed(BaseException):
        """Not an Exception: nothing can catch a process's end."""

    def die(*args):
        raise Killed

    delivery = DeliveryFactory()
    with monkeypatch.context() as patch:
        patch.setattr(answers, "mark", die)
        with pytest.raises(Killed):
            deliveries.send_due(acme.tenant.pk)
    assert deliveries.send_due(acme.tenant.pk) == 0  # its lease isn't over
    later(seconds=deliveries.LEASE + 1)
    assert deliveries.send_due(acme.tenant.pk) == 1
    assert world.sent == [(delivery.endpoint.url, str(delivery.uid))] * 2
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("sent", 2)


def test_who_lost_the_lease_marks_nothing(acme, world):
    delivery = DeliveryFactory()

    def slow():
        later_claim = deliveries.uuid.uuid4()
        moved.append(later_claim)
        return OK

    moved = []
    parcels = deliveries._claim(acme.tenant.pk)
    Delivery.objects.update(lease=deliveries.uuid.uuid4())
    answers.mark(acme.tenant.pk, parcels[0].pk, parcels[0].lease, slow())
    delivery.refresh_from_db()
    assert (delivery.state, delivery.sent_at) == ("sending", None)


def test_what_kills_its_sender_again_and_again_is_given_up(acme, world):
    DeliveryFactory(attempts=8)
    deliveries.send_due(acme.tenant.pk)
    assert world.sent == []
    assert (Delivery.objects.get().state, Delivery.objects.get().last_error) == ("dead", deliveries.CUT_OFF)


def test_what_is_tried_for_a_run_that_was_undone_is_not_tried_again(acme, world):
    delivery = DeliveryFactory(run=RunFactory(state="undone"))
    world.says[delivery.endpoint.url] = NO
    deliveries.send_due(acme.tenant.pk)
    assert Delivery.objects.get().state == "canceled"


def test_a_mail_that_went_out_is_on_the_timeline(acme, mailoutbox):
    account = AccountFactory()
    payload = {"subject": "Hi", "text": "Dear Kim", "name": "Kim", "reply_to": "cass@acme.test"}
    Delivery.objects.create(channel="email", to="kim@x.test", payload=payload, account=account)
    assert deliveries.send_due(acme.tenant.pk) == 1
    assert [(m.subject, m.to, m.reply_to) for m in mailoutbox] == [("Hi", ["kim@x.test"], ["cass@acme.test"])]
    said = Event.objects.get(kind="email.sent")
    assert (said.account, said.facts["to"], said.facts["subject"]) == (account, "Kim", "Hi")


def mail_of(quiet, **values) -> Delivery:
    play = PlayFactory()
    version = PlayVersion.objects.create(play=play, number=2, steps=[step()], guards={"quiet": quiet})
    run = RunFactory(match__play=play, match__version=version)
    said = {"subject": "Hi", "text": "Dear Kim", "name": "Kim", "reply_to": ""}
    return Delivery.objects.create(channel="email", to="kim@x.test", payload=said, run=run, account=run.account,
                                   **values)  # fmt: skip


def test_a_mail_that_comes_late_waits_for_the_end_of_quiet_hours(acme, mailoutbox, world):
    """Whatever made it late: a mail server that was away, a sender that died, a person who sends it again."""
    tried = mail_of(around_now(acme.tenant), attempts=2, last_error="No connection.")
    lost = mail_of(around_now(acme.tenant), state="sending", attempts=1, lease=uuid.uuid4(),
                   lease_until=Now() - dt.timedelta(minutes=1))  # fmt: skip
    given_up = mail_of(around_now(acme.tenant), state="dead")
    deliveries.send_again(given_up, by=acme.olly)
    noon = f"{dt.datetime.now(acme.tenant.zone) + dt.timedelta(hours=3):%H:%M}"
    free, internal = mail_of({"from": noon, "until": noon}), DeliveryFactory(run=tried.run, step=1)
    assert deliveries.send_due(acme.tenant.pk) == 2
    assert len(mailoutbox) == len(world.sent) == 1
    sent = Delivery.objects.filter(pk__in=[free.pk, internal.pk])
    assert set(sent.values_list("state", flat=True)) == {"sent"}
    waiting = Delivery.objects.filter(pk__in=[tried.pk, lost.pk, given_up.pk])
    assert {delivery.due_at > turns.clock() + dt.timedelta(minutes=50) for delivery in waiting} == {True}
    assert TenantWork.objects.filter(kind=deliveries.DELIVERIES).get().due_at == waiting[0].due_at
    tried.refresh_from_db()
    assert tried.attempts == 2


def test_mails_that_are_due_are_joined_to_their_runs_once_however_many_they_are(acme, mailoutbox):
    noon = f"{dt.datetime.now(acme.tenant.zone) + dt.timedelta(hours=3):%H:%M}"
    for hushed in (0, 1):
        waiting = [mail_of(around_now(acme.tenant)) for _ in range(hushed)]
        for _ in range(9):
            mail_of({"from": noon, "until": noon})
        with CaptureQueriesContext(connection) as captured:
            assert deliveries.send_due(acme.tenant.pk) == 9
        assert len([query for query in captured if "JOIN blueprints_run r" in query["sql"]]) == hushed
        assert {mail.state for mail in Delivery.objects.filter(pk__in=[mail.pk for mail in waiting])} <= {"waiting"}
    assert len(mailoutbox) == 18


def test_a_mail_whose_quiet_hours_begin_between_two_claims_is_not_picked(acme, mailoutbox, monkeypatch):
    noon = f"{dt.datetime.now(acme.tenant.zone) + dt.timedelta(hours=3):%H:%M}"
    with monkeypatch.context() as patch:
        patch.setattr(hushing, "put_off", lambda *_: 0)
        hushed = [mail_of(around_now(acme.tenant)) for _ in range(5)]
        mail_of({"from": noon, "until": noon})
        assert deliveries.send_due(acme.tenant.pk) == len(mailoutbox) == 1
        assert TenantWork.objects.filter(kind=deliveries.DELIVERIES, due_at__lte=Now()).exists()
    assert deliveries.send_due(acme.tenant.pk) == 0
    left = Delivery.objects.filter(pk__in=[mail.pk for mail in hushed])
    assert {mail.due_at > turns.clock() + dt.timedelta(minutes=50) for mail in left} == {True}


def test_an_endpoint_shows_its_secret_once_and_says_no_to_private_addresses(acme, world):
    endpoint, secret = endpoints.add(
        {"name": "Hook", "kind": "webhook", "url": "https://hooks.example.com/"}, by=acme.olly
    )
    assert secret.startswith("whsec_")
    assert "secret" not in Event.objects.get(kind="endpoint.added").facts
    for url in ("http://hooks.example.com/", "https://10.0.0.1/", "https://localhost/"):
        with pytest.raises(Refused) as refused:
            endpoints.add({"name": "Bad", "kind": "webhook", "url": url}, by=acme.olly)
        assert list(refused.value.errors) == ["url"]
        with pytest.raises(Refused):
            endpoints.edit(endpoint, {"url": url}, by=acme.olly)
    assert Endpoint.objects.count() == 1
    with pytest.raises(Refused) as refused:
        endpoints.add({"name": "Hook", "kind": "slack", "url": "https://hooks.example.com/"}, by=acme.olly)
    assert list(refused.value.errors) == ["name"]
    assert endpoints.renew_secret(endpoint, by=acme.olly) != secret
    with pytest.raises(Conflict):
        endpoints.edit(endpoint, {"name": "New"}, by=acme.olly, version=1)
    endpoints.try_out(endpoint, by=acme.olly)
    assert deliveries.send_due(acme.tenant.pk) == 1
    endpoints.switch_off(endpoint, by=acme.olly)
    with pytest.raises(Refused):
        endpoints.try_out(endpoint, by=acme.olly)


def test_a_template_is_judged_before_it_is_saved(acme):
    template = MessageTemplateFactory(name="Hello")
    with pytest.raises(Refused) as refused:
        templates.edit(template, {"subject": "a\nb", "body": "{{ contact.salary }}"}, by=acme.olly)
    assert refused.value.errors == {"subject": ["This must be one line."], "body": ["“contact.salary” is no variable."]}
    templates.edit(template, {"body": "{{ because }}"}, by=acme.olly, version=1)
    with pytest.raises(Conflict):
        templates.edit(template, {"body": "x"}, by=acme.olly, version=1)
    assert [event.kind for event in Event.objects.order_by("pk")] == ["template.added", "template.edited"]


def test_a_notice_is_seen_by_its_reader_alone(acme):
    notices.tell([acme.cass.pk, acme.lee.pk], "Look", account=AccountFactory())
    mine = notices.unseen(acme.cass).get()
    assert not notices.seen(mine, by=acme.lee)
    assert notices.seen(mine, by=acme.cass)
    assert not notices.seen(mine, by=acme.cass)
    assert (notices.unseen(acme.cass).count(), notices.unseen(acme.lee).count()) == (0, 1)
    assert notices.all_seen(by=acme.lee) == 1


@pytest.mark.django_db(transaction=True)
def test_two_senders_at_once_send_once_for_each_lease(acme_cast, monkeypatch):
    world, tenant = World(monkeypatch), acme_cast.tenant
    with tenant_context(tenant):
        ends = [EndpointFactory() for _ in range(4)]
        uids = {str(DeliveryFactory(endpoint=ends[n % 4]).uid) for n in range(40)}
    barrier, problems = threading.Barrier(3), []

    def send() -> None:
        barrier.wait(timeout=10)
        try:
            deliveries.send_due(tenant.pk)
        except Exception as problem:
            problems.append(problem)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    deliveries.send_due(tenant.pk)
    assert problems == []
    assert len(world.sent) == 40
    assert {uid for _, uid in world.sent} == uids
    with tenant_context(tenant):
        assert Delivery.objects.filter(state="sent", attempts=1).count() == 40


def test_a_hanging_endpoint_fills_no_workers(acme, world):
    """What is on its way counts: a second turn takes nothing more of the same endpoint, whoever rings it."""
    endpoint = EndpointFactory()
    for _ in range(10):
        DeliveryFactory(endpoint=endpoint)
    assert len(deliveries._claim(acme.tenant.pk)) == deliveries.ROOM
    assert deliveries._claim(acme.tenant.pk) == []


def test_two_tenants_send_apart(acme_cast, rival, monkeypatch):
    world = World(monkeypatch)
    for cast in (acme_cast, rival):
        with tenant_context(cast.tenant):
            DeliveryFactory(endpoint=EndpointFactory(url=f"https://{cast.slug}.example.com/"))
            deliveries.ring()
    assert set(deliveries.waiting_tenants()) == {acme_cast.tenant.pk, rival.tenant.pk}
    deliveries.send_due(rival.tenant.pk)
    assert [url for url, _ in world.sent] == ["https://rival.example.com/"]
    assert deliveries.waiting_tenants() == [acme_cast.tenant.pk]
    assert isinstance(acme_cast, SimpleNamespace)


def test_a_webhook_arrives_signed_and_a_second_try_has_the_same_id(acme, settings):
    settings.OUTBOUND_LOOPBACK = True
    says = iter([503, 200])
    with receiver(lambda handler: saying(next(says))(handler)) as (url, came):
        endpoint, secret = endpoints.add({"name": "Here", "kind": "webhook", "url": url}, by=acme.olly)
        delivery = DeliveryFactory(endpoint=endpoint, payload={"type": "play.run", "data": {"name": "Ünal"}})
        deliveries.send_due(acme.tenant.pk)
        later(seconds=6)
        deliveries.send_due(acme.tenant.pk)
    assert [Webhook(secret).verify(body, headers) for _, headers, body in came] == [delivery.payload] * 2
    assert {headers["webhook-id"] for _, headers, _ in came} == {str(delivery.uid)}
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts, delivery.status) == ("sent", 2, 200)


def test_slack_gets_its_text_and_no_signature(acme, settings):
    settings.OUTBOUND_LOOPBACK = True
    with receiver(saying(200)) as (url, came):
        endpoint, secret = endpoints.add({"name": "Chat", "kind": "slack", "url": url}, by=acme.olly)
        endpoints.try_out(endpoint, by=acme.olly)
        deliveries.send_due(acme.tenant.pk)
    assert secret == ""
    ((_, headers, body),) = came
    assert json.loads(body) == {"text": f"A test by {acme.olly}: this endpoint is reached."}
    assert "webhook-signature" not in headers


def test_a_secret_is_sealed_in_the_database_and_opens_after_the_key_was_replaced(acme, settings):
    endpoint, secret = endpoints.add({"name": "Hub", "kind": "webhook", "url": "https://hub.example.com"}, by=None)
    kept = Endpoint.objects.values_list("secret", flat=True).get(pk=endpoint.pk)
    assert secret.startswith("whsec_")
    assert secret not in kept
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [settings.SECRET_KEY]
    assert sending.unseal(kept) == secret
    settings.SECRET_KEY_FALLBACKS = []
    deliveries.wire(None, 0, endpoint, Channel.WEBHOOK, {"type": "test"})
    deliveries.send_due(acme.tenant.pk)
    assert "sealed with another SECRET_KEY" in Delivery.objects.get().last_error


def test_a_secret_that_was_never_sealed_is_taken_as_it_stands(acme, world):
    """While versions follow each other, the one before still writes it so."""
    assert sending.unseal("whsec_" + "c2VjcmV0") == "whsec_c2VjcmV0"
    delivery = DeliveryFactory()
    Endpoint.objects.filter(pk=delivery.endpoint_id).update(secret=endpoints.fresh_secret())
    deliveries.send_due(acme.tenant.pk)
    assert Delivery.objects.get().state == "sent"


def test_secrets_that_stand_in_the_clear_are_sealed_by_the_migration(acme):
    migration = importlib.import_module("blueprints.migrations.0006_seal_secrets_and_keep_confirmations")
    endpoint = EndpointFactory()
    Endpoint.objects.filter(pk=endpoint.pk).update(secret="whsec_plain")
    editor = SimpleNamespace(connection=connection)
    for _ in range(2):
        migration.seal(None, editor)
    endpoint.refresh_from_db()
    assert sending.unseal(endpoint.secret) == "whsec_plain"
    migration.unseal(None, editor)
    endpoint.refresh_from_db()
    assert endpoint.secret == "whsec_plain"
