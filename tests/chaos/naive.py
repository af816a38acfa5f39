"""How one would write it without thinking: look, act, hope. The control that must fail: so the harness does see."""

from __future__ import annotations

import os
import time

import psycopg2
from celery import Celery

from tests.chaos.plan import STEPS

# Longer than two beats leave between two looks, however fast the machine: looks overlap and kills find work in hand.
EACH = 0.05
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
    """Reads what isn't done, marks it all done, then does it: a kill in between loses it, two at once double it."""
    connection = psycopg2.connect(os.environ["DATABASE_OWNER_URL"])
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM chaos_event WHERE NOT done ORDER BY id")
        events = [event for (event,) in cursor.fetchall()]
        time.sleep(LOOK)
        cursor.execute("UPDATE chaos_event SET done = true WHERE id = ANY(%s)", [events])
        for event in events:
            for step in range(STEPS):
                cursor.execute("INSERT INTO chaos_task (event, step) VALUES (%s, %s)", [event, step])
                time.sleep(EACH)
    connection.close()
