"""How one would write it without thinking: look, act, hope. The control that must fail: so the harness does see."""

from __future__ import annotations

import os
import time

import psycopg2
from celery import Celery

from tests.chaos.plan import STEPS

# Longer than two beats leave between two looks, however fast the machine: looks overlap and kills find work in hand.
EACH = 0.1
LOOK = 0.3

app = Celery("naive")
app.conf.update(
    broker_url=os.environ.get("REDIS_URL", "redis://localhost").replace("unix://", "redis+socket://"),
    task_ignore_result=True,
    task_default_queue="turns",
    beat_schedule={"look": {"task": "tests.chaos.naive.look", "schedule": 0.5}},
)


@app.task(name="tests.chaos.naive.look")
def look() -> None:
    """Two ways at once: every other event is taken before it is done, and a kill loses it; the rest is looked at and
    only then marked, and two looks double it. In one way, the second look would make up for what a kill lost."""
    connection = psycopg2.connect(os.environ["DATABASE_OWNER_URL"])
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("UPDATE chaos_event SET done = true WHERE NOT done AND id % 2 = 0 RETURNING id")
        events = [event for (event,) in cursor.fetchall()]
        cursor.execute("SELECT id FROM chaos_event WHERE NOT done AND id % 2 = 1 ORDER BY id")
        seen = [event for (event,) in cursor.fetchall()]
        time.sleep(LOOK)
        cursor.execute("UPDATE chaos_event SET done = true WHERE id = ANY(%s)", [seen])
        for event in sorted(events + seen):
            for step in range(STEPS):
                cursor.execute("INSERT INTO chaos_task (event, step) VALUES (%s, %s)", [event, step])
                time.sleep(EACH)
    connection.close()
