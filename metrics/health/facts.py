"""What health tells: kinds of events, what people judged and set by hand as facts, and the score that follows."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from accounts.registry import (
    Derivation,
    Derived,
    Fact,
    FactType,
    Source,
    declare,
    derive,
    of_accounts,
    of_workspace,
    source,
    tenant_source,
)
from metrics.health import live, sql
from metrics.health.definitions import BANDS, JUDGED

BY_HAND = (Fact("score", _("Score"), FactType.NUMBER), Fact("until", _("Until"), FactType.DATE))

of_accounts(_("Health"), "judgement", "override")
of_workspace("health_model", "health_models", "health_version", "sign_off")

declare("health_model.added", "Health model added", "{name} was added", icon="heart-pulse")
declare("health_model.edited", "Health model edited", "{name}: changed {changed}", icon="heart-pulse")
declare("health_model.archived", "Health model archived", "{name} scores nobody any more", icon="archive")
declare("health_models.ordered", "Health models ordered", "In this order: {names}", icon="arrow-up-down")
declare("health_version.drafted", "Health draft begun", "{name} is drafted", icon="file-pen")
declare("health_version.edited", "Health draft edited", "{name}: {changes} changes", icon="file-pen")
declare("health_version.dropped", "Health draft dropped", "{name} was dropped", icon="file-x")
declare("health_version.shadowed", "Health challenger", "{name}: {what}", icon="swords")
declare("health_version.published", "Health model published", "{name} scores from now on: {note}", icon="badge-check")
declare("health_version.retired", "Health version retired", "{name} scores nobody any more", icon="badge-x")
declare("sign_off.asked", "Sign-off asked", "{person} is asked to sign {name}", icon="signature")
declare("sign_off.decided", "Sign-off decided", "{person} {decision} {name}", icon="signature")
declare("sign_off.spared", "Sign-off spared", "{person} needn’t sign {name}", icon="signature")
declare("judgement.made", "Judged", "{measure}: {level}, {reason}", icon="gavel")
declare("override.set", "Health set by hand", "{score} until {until}: {reason}", icon="hand", facts=BY_HAND)
declare("override.lifted", "Health worked out again", "The score set by hand no longer holds", icon="hand")

BAND_LABELS = tuple(zip(BANDS, (_("Healthy"), _("Symptoms"), _("At risk"), _("Unknown")), strict=True))
SCORED = (
    Fact("health.score", _("Health score"), FactType.NUMBER, unit=_("points"), help=_("Set by hand, or worked out.")),
    Fact("health.computed", _("Health score worked out"), FactType.NUMBER, unit=_("points")),
    Fact("health.band", _("Health band"), FactType.CHOICE, choices=BAND_LABELS),
    Fact("health.known", _("Known share of health"), FactType.PERCENT, unit="%"),
    Fact("health.model", _("Health model and version"), FactType.TEXT),
    Fact("health.capped_by", _("Health held down by"), FactType.TEXT),
    Fact("health.challenger", _("Challenger’s score"), FactType.NUMBER, unit=_("points")),
)
NEWEST = """
SELECT account_id, jsonb_object_agg(%(judged_prefix)s || measure, level)
    || jsonb_object_agg('@' || %(judged_prefix)s || measure, judged_on)
FROM (
    SELECT DISTINCT ON (account_id, measure) account_id, measure, level, judged_on FROM health_judgement
    WHERE tenant_id = %(tenant)s AND account_id = ANY(%(ids)s::bigint[]) AND measure = ANY(%(judged_keys)s)
        AND judged_on <= %(today)s AND judged_at <= %(at)s
    ORDER BY account_id, measure, judged_on DESC, id DESC
) newest GROUP BY account_id
"""

source(
    Source(
        "override",
        (
            Fact("override.score", _("Score set by hand"), FactType.NUMBER, unit=_("points")),
            Fact("override.until", _("Score set by hand until"), FactType.DATE),
        ),
        """
        SELECT account_id, score, until FROM health_override
        WHERE tenant_id = %(tenant)s AND account_id = ANY(%(ids)s::bigint[]) AND until >= %(today)s
            AND set_at <= %(at)s AND (lifted_at IS NULL OR lifted_at > %(at)s)
        """,
    )
)


def _judged() -> Source | None:
    facts = live.judged_facts()
    params = {"judged_keys": [name.removeprefix(JUDGED) for name in facts], "judged_prefix": JUDGED}
    return Source("judged", tuple(facts.values()), NEWEST, True, params) if facts else None


def _health(known: Mapping[str, Fact]) -> Derived:
    """Always declared, so that a condition on health is one before the first model scores."""
    lines = live.lines()
    written, params = sql.compiled(lines, known)
    pillars = {f"health.{pillar.key}": pillar.label for line in lines for pillar in line.definition.pillars}
    facts = tuple(Fact(name, label, FactType.NUMBER, unit=_("points")) for name, label in pillars.items())
    return Derived((*SCORED, *facts), written, params)


def _told() -> list[str]:
    return [*(fact.name for fact in SCORED), *(f"health.{key}" for key in live.pillars_ever())]


tenant_source("judged", _judged)
derive(Derivation("health", _health, _told))
