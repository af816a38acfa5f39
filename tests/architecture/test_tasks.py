"""Every background task is a sweep or one tenant's turn, has a queue, and may run twice."""

import inspect

import pytest

from accounts.models import Tenant
from accounts.tenancy.tasks import SWEEP, TENANT_TURN
from csom.celery import app
from tests.factories.accounts import TenantFactory

app.loader.import_default_modules()
app.finalize()
TASKS = {name: task for name, task in app.tasks.items() if not name.startswith("celery.")}


def test_there_are_tasks_to_guard():
    assert len(TASKS) >= 4


@pytest.mark.parametrize("name", sorted(TASKS))
def test_a_task_is_a_sweep_or_a_tenants_turn_and_takes_ids_only(name):
    task = TASKS[name]
    parameters = list(inspect.signature(task.run).parameters)
    if getattr(task, SWEEP, False):
        assert parameters == []
        assert name.split(".")[-1].startswith("sweep_")
    else:
        assert getattr(task, TENANT_TURN, False), f"{name} is neither a sweep nor a tenant's turn"
        assert parameters == ["tenant_id"]
    assert task.acks_late
    assert task.ignore_result


def test_sweeps_and_turns_wait_in_queues_of_their_own():
    router = app.amqp.router
    for name, task in TASKS.items():
        queue = router.route({}, name)["queue"].name
        assert queue == ("sweeps" if getattr(task, SWEEP, False) else "turns")


def test_every_sweep_is_rung_by_beat():
    rung = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert rung == {name for name, task in TASKS.items() if getattr(task, SWEEP, False)}


@pytest.mark.parametrize("name", sorted(n for n, t in TASKS.items() if getattr(t, TENANT_TURN, False)))
@pytest.mark.django_db
def test_a_turn_may_come_twice_and_for_a_tenant_that_is_gone(name):
    tenant = TenantFactory()
    TASKS[name].run(tenant.pk)
    TASKS[name].run(tenant.pk)
    missing = tenant.pk + 1000
    assert not Tenant.objects.filter(pk=missing).exists()
    TASKS[name].run(missing)
