"""Facts of usage: for each metric of the tenant its figure over 28 days, its people, and how it moved."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.facts.contracts import SEATS
from accounts.registry import Fact, FactType, Source, tenant_source
from metrics.usage.models import Aggregate, Metric
from metrics.usage.models import Source as Origin

FRESH_DAYS = 7  # a pipe that broke is no silent customer
NAMES = {Aggregate.COUNT: "sum_28d", Aggregate.SUM: "sum_28d", Aggregate.USERS: "mean_28d", Aggregate.LAST: "last_28d"}
SAYS = {
    Aggregate.COUNT: _("Over 28 days, today among them."),
    Aggregate.SUM: _("Over 28 days, today among them."),
    Aggregate.USERS: _("The mean of the days of the last 28 on which anybody was there."),
    Aggregate.LAST: _("The last value of the last 28 days."),
}
NOW, THEN = "day > %(today)s - 28", "day <= %(today)s - 28"
# One figure of two windows, as each aggregate asks for it; what no metric asks for isn't added up.
WINDOWS = {Aggregate.COUNT: "sum(count)", Aggregate.SUM: "sum(sum)", Aggregate.USERS: "avg(users)"}
LAST = """(SELECT d.last FROM usage_daily d WHERE d.tenant_id = %(tenant)s AND d.account_id = k.account_id
        AND d.metric_id = m.id AND d.day > {after} AND d.day <= {until} AND d.last IS NOT NULL
        ORDER BY d.day DESC LIMIT 1)"""

# Zero is known of whoever was ever seen with any metric; others may send under a name that nobody matched yet. Of the
# silent ones the key finds the last day in one step. The window before is held against only where it was whole: an
# account whose usage began in its midst didn't grow by that much.
FIGURES = """
WITH lately AS MATERIALIZED (
    SELECT account_id, metric_id, max(day) FILTER (WHERE count > 0) AS seen_on, min(day) AS first_on,
        max(users) FILTER (WHERE {now}) AS people{windows}
    FROM usage_daily
    WHERE tenant_id = %(tenant)s AND account_id = ANY(%(ids)s::bigint[]) AND metric_id = ANY(%(usage_metrics)s)
        AND day > %(today)s - 56 AND day <= %(today)s
    GROUP BY account_id, metric_id
), known AS MATERIALIZED (
    SELECT account_id FROM lately
    UNION
    SELECT pk FROM unnest(%(ids)s::bigint[]) pk WHERE EXISTS (SELECT FROM usage_daily d WHERE d.tenant_id = %(tenant)s
        AND d.account_id = pk AND d.metric_id = ANY(%(usage_metrics)s) AND d.day <= %(today)s)
), metrics AS MATERIALIZED (
    SELECT id, 'usage.' || key || '.' AS said, aggregate, source, lower(unit) IN ('seat', 'seats') AS of_seats,
        'usage.' || key || CASE aggregate WHEN 'users' THEN '.mean_28d' WHEN 'last' THEN '.last_28d' ELSE '.sum_28d' END
            AS name
    FROM usage_metric WHERE tenant_id = %(tenant)s AND id = ANY(%(usage_metrics)s)
), licensed AS MATERIALIZED ({seats}), pipe AS (
    SELECT least((max(last_received_at) AT TIME ZONE %(zone)s)::date, %(today)s) AS day
    FROM usage_intake WHERE tenant_id = %(tenant)s
), figures AS (
    SELECT k.account_id, m.name, m.said, seats.seats, CASE WHEN m.aggregate = 'last' THEN {last_now} ELSE
            coalesce(CASE m.aggregate {chosen_now} END, 0) END AS value,
        CASE WHEN m.aggregate = 'last' THEN {last_then}
            WHEN l.first_on <= %(today)s - 49 OR l.first_on IS NOT NULL AND EXISTS (SELECT FROM usage_daily d
                WHERE d.tenant_id = %(tenant)s AND d.account_id = k.account_id AND d.metric_id = m.id
                AND d.day <= %(today)s - 56) THEN CASE m.aggregate {chosen_then} END
            END AS before,
        CASE WHEN m.source = 'events' THEN coalesce(l.people, 0) END AS people, m.of_seats,
        m.aggregate = 'users' AS mean,
        coalesce(l.seen_on, (SELECT max(d.day) FROM usage_daily d WHERE d.tenant_id = %(tenant)s
            AND d.account_id = k.account_id AND d.metric_id = m.id AND d.day <= %(today)s - 56 AND d.count > 0))
            AS seen_on
    FROM known k CROSS JOIN metrics m
    LEFT JOIN lately l ON l.account_id = k.account_id AND l.metric_id = m.id
    LEFT JOIN licensed seats ON seats.account_id = k.account_id
)
SELECT f.account_id, jsonb_object_agg(said.name, said.value) || jsonb_build_object('@usage', max(pipe.day))
FROM figures f CROSS JOIN pipe, LATERAL (VALUES
    (f.name, to_jsonb(trim_scale(CASE WHEN f.mean THEN round(f.value, 1) ELSE f.value END))),
    (f.said || 'users_28d', to_jsonb(f.people)),
    (f.said || 'seat_share', to_jsonb(trim_scale(round(
        100.0 * CASE WHEN f.of_seats THEN f.value ELSE f.people END / nullif(f.seats, 0), 1)))),
    (f.said || 'change_28d', to_jsonb(trim_scale(round(100.0 * (f.value - f.before) / nullif(f.before, 0), 1)))),
    (f.said || 'seen_on', to_jsonb(f.seen_on))
) said(name, value)
WHERE said.value IS NOT NULL
GROUP BY f.account_id
"""


def _usage() -> Source | None:
    metrics = list(Metric.objects.filter(active=True))
    if not metrics:
        return None
    facts = tuple(fact for metric in metrics for fact in _of_metric(metric))
    return Source("usage", facts, _statement(metrics), True, {"usage_metrics": [metric.pk for metric in metrics]})


def _of_metric(metric: Metric) -> list[Fact]:
    aggregate, said = Aggregate(metric.aggregate), {"metric": metric.name}
    fact = partial(_fact, f"usage.{metric.key}")
    facts = [fact(NAMES[aggregate], metric.name, FactType.NUMBER, metric.unit, help=SAYS[aggregate])]
    if metric.source == Origin.EVENTS:
        label = _("%(metric)s: people on the busiest day") % said
        facts.append(fact("users_28d", label, FactType.NUMBER, _("people"), help=_("Of the last 28.")))
    if metric.source == Origin.EVENTS or metric.unit.lower() in ("seat", "seats"):
        facts.append(fact("seat_share", _("%(metric)s: share of licensed seats") % said, FactType.PERCENT))
    label = _("%(metric)s: change against the 28 days before") % said
    return [
        *facts, fact("change_28d", label, FactType.PERCENT),
        fact("seen_on", _("%(metric)s: last seen") % said, FactType.DATE),
    ]  # fmt: skip


def _fact(prefix: str, name: str, label: Any, kind: FactType, unit: Any = "", help: Any = "") -> Fact:
    return Fact(f"{prefix}.{name}", label, kind, unit, dated_by="usage", fresh_days=FRESH_DAYS, help=help)


def _statement(metrics: list[Metric]) -> str:
    asked = {metric.aggregate for metric in metrics}
    windows = {name: sql for name, sql in WINDOWS.items() if name in asked}
    added = "".join(
        f", {sql} FILTER (WHERE {when}) AS {name}_{which}"
        for name, sql in windows.items()
        for which, when in (("now", NOW), ("before", THEN))
    )
    return FIGURES.format(
        now=NOW, windows=added, seats=SEATS, chosen_now=_chosen(windows, "now"), chosen_then=_chosen(windows, "before"),
        last_now=LAST.format(after="%(today)s - 28", until="%(today)s"),
        last_then=LAST.format(after="%(today)s - 56", until="%(today)s - 28"),
    )  # fmt: skip


def _chosen(windows: dict[Aggregate, str], which: str) -> str:
    cases = [f"WHEN '{name}' THEN round(l.{name}_{which}, 6)" for name in windows]
    return " ".join(cases) or "WHEN '' THEN NULL::numeric"


tenant_source("usage", _usage)
