"""The demo: the same every time, told through actions, and whole or not there at all."""

import datetime as dt
import json
import os
import subprocess
import sys
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from accounts.calendar import local_today
from accounts.keys import key_of
from accounts.models import Account, AccountState, ApiKey, Event, InboxEntry, Membership, RevenueMovement, Tenant, User
from accounts.roles import PEOPLE_ROLES
from accounts.tenancy.context import tenant_context
from blueprints.models import Run, RunState
from csom.demo import generator, logins, sketch, words
from journeys.onboarding.models import Handoff, HandoffStatus
from journeys.plans.models import Measurement, Plan, Topic
from tests.factories.accounts import TenantFactory

TODAY = dt.date(2026, 11, 20)


def small(slug, accounts):
    spec = words.spec_of(slug)
    return spec | {"workspace": spec["workspace"] | {"accounts": accounts}}


@pytest.mark.parametrize("slug", words.SLUGS)
def test_chance_falls_the_same_way_every_time(slug):
    spec = words.spec_of(slug)
    first, second = ([sketch.draw(spec, n, TODAY, set()) for n in range(40)] for _ in range(2))
    assert first == second


@pytest.mark.parametrize("slug", words.SLUGS)
def test_every_text_has_its_slots_filled(slug):
    spec = words.spec_of(slug)
    for number in range(30):
        drawn = sketch.draw(spec, number, TODAY, set())
        own = [text for texts in drawn.industry.values() for text in ([texts] if isinstance(texts, str) else texts)]
        common = [
            text
            for texts in words.shared().values()
            if isinstance(texts, list)
            for text in texts
            if isinstance(text, str)
        ]
        for text in [*own, *common]:
            assert "{" not in drawn.say(text.replace("{win}", ""))


def test_the_file_of_logins_has_one_person_of_each_role(tmp_path):
    logins.write(tmp_path / "logins.json", generator.specs())
    written = json.loads((tmp_path / "logins.json").read_text())["tenants"]
    assert [tenant["slug"] for tenant in written] == ["acme", "globex"]
    for tenant in written:
        assert [user["role"] for user in tenant["users"]] == [role.value for role in PEOPLE_ROLES]
        assert set(tenant) == {"slug", "name", "api_key", "write_key", "users"}
    assert (tmp_path / "logins.json").stat().st_mode & 0o077 == 0


@pytest.mark.django_db(transaction=True)
def test_a_workspace_is_made_whole(monkeypatch, tmp_path):
    monkeypatch.setattr(generator, "specs", lambda: [small("globex", 12)])
    call_command("load_demo", if_empty=True, credentials=str(tmp_path / "logins.json"), verbosity=0)
    tenant = Tenant.objects.get()
    with tenant_context(tenant):
        assert Account.objects.count() == AccountState.objects.count() == 12
        statuses = set(Handoff.objects.values_list("status", flat=True))
        assert statuses == set(HandoffStatus.values)
        assert not Event.objects.filter(occurred_at__gt=timezone.now()).exists()
        assert InboxEntry.objects.count() == 0
        assert_plays_acted_on_the_newest_alone()
        assert_states_agree_with_the_ledger(tenant)
        assert_plans_are_under_way()
    assert_the_written_logins_work(json.loads((tmp_path / "logins.json").read_text()))
    call_command("load_demo", if_empty=True, verbosity=0)
    with pytest.raises(CommandError):
        call_command("load_demo", verbosity=0)
    assert Tenant.objects.count() == 1


def assert_plays_acted_on_the_newest_alone():
    started = Run.objects.filter(play__trigger="handoff.accepted")
    assert started.count() == 1
    assert Handoff.objects.filter(status=HandoffStatus.ACCEPTED).count() > 1
    assert Run.objects.filter(play__trigger="contact.departed").exists()
    for run in Run.objects.select_related("version"):
        assert (run.state, run.done_steps.count()) == (RunState.FINISHED, len(run.version.steps))


def assert_plans_are_under_way():
    assert Plan.objects.filter(status="running").exists()
    assert Measurement.objects.exists()
    assert set(Topic.objects.values_list("audience", flat=True)) >= {"internal"}
    assert not Measurement.objects.filter(recorded_at__gt=timezone.now()).exists()


def assert_states_agree_with_the_ledger(tenant):
    today = local_today(tenant)
    paid = RevenueMovement.objects.filter(effective_on__lte=today).values("account").annotate(arr=Sum("amount_minor"))
    by_account = {row["account"]: row["arr"] for row in paid}
    for state in AccountState.objects.all():
        assert state.arr_minor == by_account.get(state.account_id, 0)
        assert state.arr_minor >= 0


def assert_the_written_logins_work(written):
    [tenant] = written["tenants"]
    for login in tenant["users"]:
        user = User.objects.get(email=login["email"])
        assert user.check_password(login["password"]) or user.email == "victor@acme.test"
        assert Membership.objects.filter(user=user, role=login["role"], tenant__slug="globex").exists()
    assert key_of(f"Bearer {tenant['api_key']}").tenant.slug == "globex"


# Comes as far as the last part of the load, says so, and waits there to be killed.
HALFWAY = """
import django, sys, time
django.setup()
from django.core.management import call_command
from csom.demo import generator, words
spec = words.spec_of("globex")
generator.specs = lambda: [spec | {"workspace": spec["workspace"] | {"accounts": 12}}]
generator.finish.tell = lambda *a: (print("halfway", flush=True), time.sleep(600))
call_command("load_demo", if_empty=True, verbosity=0, stdout=sys.stderr)
"""


def kill_halfway():
    database = connection.settings_dict["NAME"]
    address = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}").geturl()
    environment = os.environ | {"DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "csom.settings"}
    with subprocess.Popen([sys.executable, "-c", HALFWAY], env=environment, stdout=subprocess.PIPE, text=True) as load:
        assert load.stdout.readline() == "halfway\n"
        load.kill()


@pytest.mark.django_db(transaction=True)
def test_a_load_that_was_killed_leaves_nothing_and_the_next_one_is_whole(monkeypatch):
    kill_halfway()
    assert not Tenant.objects.exists()
    assert not User.objects.exists()
    monkeypatch.setattr(generator, "specs", lambda: [small("globex", 12)])
    call_command("load_demo", if_empty=True, verbosity=0)
    assert ApiKey.objects.count() == 1
    with tenant_context(Tenant.objects.get()):
        assert Account.objects.count() == 12
        assert_plays_acted_on_the_newest_alone()
        assert_plans_are_under_way()
        assert InboxEntry.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_the_limits_of_pages_do_not_end_a_slow_load(monkeypatch):
    def limits():
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('statement_timeout')")
            return cursor.fetchone()[0]

    seen, usual = [], limits()
    monkeypatch.setattr(generator, "specs", lambda: [small("globex", 1)])
    monkeypatch.setattr(generator, "make", lambda *a: seen.append(limits()) or 0)
    call_command("load_demo", if_empty=True, verbosity=0)
    assert seen == ["0"]
    assert limits() == usual


@pytest.mark.django_db
def test_where_somebody_works_already_nothing_is_added(tmp_path):
    TenantFactory(slug="mine")
    call_command("load_demo", if_empty=True, credentials=str(tmp_path / "logins.json"), verbosity=0)
    assert list(Tenant.objects.values_list("slug", flat=True)) == ["mine"]
    assert not (tmp_path / "logins.json").exists()
