"""Eighteen months of usage for every account: days as figures, the last two of them as events too."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection

from accounts.calendar import local_midnight
from accounts.models import Account
from csom.demo.stage import Stage
from csom.demo.words import Spec, seeded
from metrics.usage.actions import keeping, metrics, rollups, write_keys
from metrics.usage.models import Metric, Origin, Refusal, UsageEvent

DAY = dt.timedelta(days=1)
RAW_DAYS = 2  # today and yesterday came event by event
# Key, name, event, unit, and how often the event is among a hundred or so of them; rows are a sum, the rest is counted.
DEEDS = (
    ("reports", "Reports downloaded", "report_downloaded", "reports", 6),
    ("plans", "Plans approved", "plan_approved", "plans", 5),
    ("rows", "Rows processed", "job_finished", "rows", 7),
    ("searches", "Searches", "search_done", "searches", 14),
    ("shifts", "Shifts published", "shift_published", "shifts", 12),
    ("timesheets", "Timesheets handed in", "timesheet_handed_in", "timesheets", 10),
    ("mobile", "Mobile sessions", "mobile_session_started", "sessions", 11),
    ("comments", "Comments written", "comment_written", "comments", 8),
    ("alerts", "Alerts answered", "alert_answered", "alerts", 7),
    ("swaps", "Swaps agreed", "swap_agreed", "swaps", 5),
    ("exports", "Exports", "export_made", "exports", 4),
    ("invites", "People invited", "person_invited", "invitations", 3),
)
# Key, name, unit, and what a seat adds to it. Their last value of each day was sent, on weekends too.
STANDS = (
    ("seats", "Seats used", "seats", 1.0),
    ("sites", "Sites in use", "sites", 0.08),
    ("storage", "Storage", "GB", 2.4),
    ("automations", "Automations switched on", "automations", 0.2),
    ("integrations", "Systems connected", "systems", 0.03),
    ("api_calls", "API calls a day", "calls", 31.0),
)
METRICS = (
    *({"name": name, "key": key, "event": event, "unit": unit}
      | ({"aggregate": "sum", "property": "rows"} if key == "rows" else {}) for key, name, event, unit, _ in DEEDS),
    *({"name": name, "key": key, "source": "points", "aggregate": "last", "unit": unit}
      for key, name, unit, _ in STANDS),
)  # fmt: skip
EVENTS = ("session_started",) * 8 + tuple(event for _, _, event, _, often in DEEDS for _ in range(often))
STRANGERS = (("trial-8841", "Cedar Trial"), ("sandbox-eu", "Internal sandbox"), ("org-7350", "Harbor & Pine"))

# Chance without a seed of its own: what the account's id and the day have in common. Weekends are quiet, the first
# weeks a ramp, some grow and some shrink, every ninth account has two quiet months; who fades does so week by week, and
# who stays comes back within twelve more.
PEOPLE = """
WITH who AS (
    SELECT a.id, a.segment, coalesce(a.external_id, a.name) AS seed,
        greatest(%(since)s, min(j.committed_on) + 12) AS first,
        CASE WHEN a.phase = 'ended' THEN a.phase_since::date ELSE %(until)s END AS last
    FROM accounts_account a JOIN journeys_journey j ON j.tenant_id = %(tenant)s AND j.account_id = a.id
    WHERE a.tenant_id = %(tenant)s AND a.archived_at IS NULL GROUP BY a.id
), sized AS (
    SELECT *, (hashtextextended(seed, 1) & 1023) / 1023.0 AS luck,
        (hashtextextended(seed, 2) & 1023) / 1023.0 AS growth,
        hashtextextended(seed, 3) & 511 AS dip_on, (hashtextextended(seed, 4) & 8191) %% 9 = 0 AS dips,
        CASE segment WHEN 'Enterprise' THEN 60 WHEN 'Mid-market' THEN 18 ELSE 6 END AS size
    FROM who
), fading AS (
    SELECT f.account_id, d::date AS day, sum(ln(1 - f.speed) / 28 * (least(d::date, f.until) - f.since)
        * (1 - greatest(0, d::date - f.until) / 84.0)) AS lost
    FROM unnest(%(fading)s::bigint[], %(fading_since)s::date[], %(fading_until)s::date[], %(fading_speed)s::float[])
        f(account_id, since, until, speed), generate_series(f.since, f.until + 84, interval '1 day') d
    GROUP BY f.account_id, d
), days AS (
    SELECT s.id AS account_id, s.seed, d::date AS day,
        s.size * (0.6 + 0.8 * s.luck) * least(1, (d::date - s.first + 3) / 60.0)
        * (1 + (s.growth - 0.35) * (d::date - %(since)s) / 400.0)
        * CASE WHEN extract(isodow FROM d) > 5 THEN 0.12 ELSE 1 END
        * CASE WHEN s.dips AND d::date - %(since)s BETWEEN s.dip_on AND s.dip_on + 60 THEN 0.35 ELSE 1 END
        * (0.8 + 0.4 * (hashtextextended(s.seed || d::date, 5) & 1023) / 1023.0) * exp(coalesce(f.lost, 0)) AS activity,
        round(s.size * (0.9 + s.luck)) AS seats
    FROM sized s CROSS JOIN generate_series(s.first, least(s.last, %(until)s), interval '1 day') d
    LEFT JOIN fading f ON f.account_id = s.id AND f.day = d::date
), people AS MATERIALIZED (
    SELECT account_id, seed, day, greatest(0, round(activity))::int AS users, seats::float AS seats,
        2 + (hashtextextended(seed || day, 6) & 3) AS each
    FROM days
)
"""
# Each figure falls a little otherwise than its neighbors; an eighth of the accounts never came to use a feature.
BRING = """
INSERT INTO usage_daily (tenant_id, account_id, metric_id, day, count, users, sum, last, brought_count, brought_users,
    brought_sum)
SELECT %(tenant)s, p.account_id, m.id, p.day, f.count, f.users, f.sum, f.last, f.count, f.users, f.sum
FROM people p CROSS JOIN (
    SELECT m.id, m.key, said.often, said.each FROM usage_metric m
    JOIN unnest(%(keys)s::text[], %(often)s::float[], %(each)s::float[]) said(key, often, each) ON m.key = said.key
    WHERE m.tenant_id = %(tenant)s
) m, LATERAL (
    SELECT hashtextextended(p.seed || m.key, 8) AS taste, hashtextextended(p.seed || m.key || p.day, 9) AS chance
) h, LATERAL (
    SELECT CASE WHEN m.each > 0 THEN 1 WHEN m.often = 1 THEN p.users * p.each WHEN h.taste & 7 = 0 THEN 0
        ELSE floor(p.users * p.each * m.often * (0.6 + (h.taste >> 8 & 255) / 320.0::float)
            + (h.chance & 255) / 256.0::float)
        END::bigint AS count
) c, LATERAL (
    SELECT c.count, CASE WHEN m.each > 0 THEN 0 ELSE least(p.users, c.count) END AS users,
        CASE WHEN m.each > 0 THEN m.stand WHEN m.key = 'rows' THEN c.count * 40 * (3 + p.each) ELSE 0 END AS sum,
        CASE WHEN m.each > 0 THEN m.stand WHEN m.key = 'rows' THEN 40 * (3 + p.each) END AS last
    FROM (SELECT m.each, m.key, greatest(1, round((p.seats * m.each * (0.9 + (p.day - %(since)s) / 2500.0)
        * CASE m.key WHEN 'api_calls' THEN 0.7 + (h.chance & 255) / 512.0 ELSE 1 END)::numeric)) AS stand) m
) f
WHERE f.count > 0
"""
# In office hours of the workspace, up to now.
HAPPEN = """
INSERT INTO usage_event (tenant_id, id, type, name, person, account_id, occurred_at, properties)
SELECT %(tenant)s, md5(p.seed || p.day || u || e)::uuid, 'track', e.name, 'user-' || u, p.account_id, e.at,
    CASE e.name WHEN 'job_finished' THEN jsonb_build_object('rows', 40 * (3 + p.each)) ELSE '{}' END
FROM people p, generate_series(1, p.users) u, LATERAL (
    SELECT (%(events)s::text[])[
            1 + (hashtextextended(p.seed || p.day || u || n, 8) & 65535) %% cardinality(%(events)s::text[])] AS name,
        (p.day + time '08:00')::timestamp AT TIME ZONE %(zone)s
            + ((hashtextextended(p.seed || p.day || u || n, 7) & 4095) * 8) * interval '1 second' AS at
    FROM generate_series(1, p.each) n
) e
WHERE e.at < %(now)s
"""


def bring(stage: Stage) -> None:
    """Inside the workspace's context, before anybody may sign in. Twice does no harm."""
    admin = stage.by_role["admin"][0]
    if Metric.objects.exists():
        return
    metrics.ensure_defaults()
    for values in METRICS:
        metrics.add(values, by=admin)
    Metric.objects.update(count_from=None)  # what is brought is counted already
    keeping.intake_of(stage.tenant)
    recent = stage.today - DAY * (RAW_DAYS - 1)
    _run(stage, BRING, stage.since, recent - DAY)
    _run(stage, BRING, recent, stage.today, only={key for key, *_ in STANDS})
    _run(stage, HAPPEN, recent, stage.today)
    _meet_strangers(stage)
    ids = list(Metric.objects.values_list("pk", flat=True))
    pairs = {(pk, recent + DAY * n) for pk in Account.objects.values_list("pk", flat=True) for n in range(RAW_DAYS)}
    rollups.count_days(stage.tenant, pairs, ids)
    write_keys.create(stage.tenant, "Product", admin, secret=secret_of(stage.spec))


def secret_of(spec: Spec) -> str:
    """Known beforehand, since the file of logins can be asked for again."""
    chance = seeded(spec["workspace"]["slug"], "write key")
    return "csw_" + "".join(chance.choices("abcdefghjkmnpqrstuvwxyz23456789", k=40))


def _run(stage: Stage, statement: str, since: dt.date, until: dt.date, only: set[str] | None = None) -> None:
    """`only` are the keys of the metrics that it brings, else all."""
    total = len(EVENTS)
    figures = {"events": (1.0, 0.0), "active_users": (1.0, 0.0)}
    figures |= {key: (often / total, 0.0) for key, *_, often in DEEDS} | {key: (0.0, each) for key, *_, each in STANDS}
    kept = {key: said for key, said in figures.items() if only is None or key in only}
    values: dict[str, Any] = {
        "tenant": stage.tenant.pk, "since": stage.since, "until": until, "zone": stage.tenant.timezone,
        "keys": list(kept), "often": [often for often, _ in kept.values()], "each": [each for _, each in kept.values()],
        "events": list(EVENTS), "now": stage.now,
    } | _fading(stage)  # fmt: skip
    narrow = PEOPLE if since == stage.since else PEOPLE.replace("FROM days\n)", "FROM days WHERE day >= %(from)s\n)")
    with connection.cursor() as cursor:
        cursor.execute(narrow + statement, values | {"from": since})


def _fading(stage: Stage) -> dict[str, Any]:
    rows = [(pk, fade) for pk, fate in stage.fates.items() for fade in fate.fades if "usage" in fade.signs]
    return {
        "fading": [pk for pk, _fade in rows], "fading_since": [fade.since for _pk, fade in rows],
        "fading_until": [fade.until for _pk, fade in rows], "fading_speed": [fade.speed for _pk, fade in rows],
    }  # fmt: skip


def _meet_strangers(stage: Stage) -> None:
    """Groups that no account answers to, with events that wait; and two events that couldn't be taken."""
    rng = seeded(stage.spec["workspace"]["slug"], "strangers")
    start = local_midnight(stage.tenant, stage.today) - DAY
    for ref, name in STRANGERS:
        origin = Origin.objects.create(kind="group", ref=ref, name=name)
        UsageEvent.objects.bulk_create(
            UsageEvent(
                id=f"{rng.getrandbits(128):032x}", type="track", name=rng.choice(EVENTS), person=f"guest-{n % 4}",
                origin_id=origin.pk, occurred_at=start + dt.timedelta(minutes=rng.randrange(480, 1_000)),
            )
            for n in range(rng.randint(12, 60))
        )  # fmt: skip
    Refusal.objects.create(
        message_id="ajs-41c7", type="track", name="report_downloaded",
        reason="An event needs a “userId” or an “anonymousId”.",
    )  # fmt: skip
    Refusal.objects.create(
        message_id="ajs-77f0", type="track", name="session_started",
        reason="It lies in the future: more than an hour ahead of this moment.",
    )  # fmt: skip
