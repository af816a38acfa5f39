"""What the people map knows about an account: who of them was met, and when last."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from accounts.models import BuyingRole
from accounts.registry import Fact, FactType, Source, source
from journeys.people.gaps import RECENT_DAYS

# Met is who attended a held meeting, or whom a logged call or meeting names. Texts are searched for those who carry a
# part, and else as far back as it counts whether an account hangs on one person.
MET = """
WITH h AS MATERIALIZED (
    SELECT t.contact_id, max(m.ended_at) AS at
    FROM meetings_meeting m
    JOIN meetings_attendee t ON t.tenant_id = %(tenant)s AND t.meeting_id = m.id AND t.attended
    WHERE m.tenant_id = %(tenant)s AND m.account_id = ANY(%(ids)s::bigint[])
        AND m.status = 'held' AND m.ended_at <= %(at)s AND t.contact_id IS NOT NULL
    GROUP BY t.contact_id
), e AS MATERIALIZED (
    SELECT account_id, occurred_at, lower(facts ->> 'body') AS body FROM accounts_event
    WHERE tenant_id = %(tenant)s AND account_id = ANY(%(ids)s::bigint[]) AND kind IN ('call.logged', 'meeting.logged')
        AND occurred_at <= %(at)s
), l AS MATERIALIZED (
    SELECT n.id, max(e.occurred_at) AS at
    FROM e
    JOIN accounts_contact n ON n.tenant_id = %(tenant)s AND n.account_id = e.account_id
        AND (n.buying_role = ANY(%(met_roles)s) OR e.occurred_at >= %(at)s - %(met_recent)s)
        AND strpos(e.body, lower(n.name)) > 0
    GROUP BY n.id
)
SELECT c.account_id, c.id, c.buying_role, greatest(h.at, l.at) AS met_at
FROM accounts_contact c LEFT JOIN h ON h.contact_id = c.id LEFT JOIN l ON l.id = c.id
WHERE c.tenant_id = %(tenant)s AND c.account_id = ANY(%(ids)s::bigint[]) AND c.created_at <= %(at)s
    AND (c.departed_on IS NULL OR c.departed_on > %(today)s OR c.departed_on = %(today)s AND c.updated_at > %(at)s)
"""
source(
    Source(
        "met",
        (
            Fact("people.decider_met", _("Decider met"), FactType.BOOLEAN, absent=False),
            Fact("people.decider_met_on", _("Decider last met"), FactType.DATE),
            Fact("people.executive_met_on", _("Executive buyer last met"), FactType.DATE),
            Fact("people.champion_last_met_on", _("Champion last met"), FactType.DATE),
            Fact("people.single_threaded", _("Hangs on one person"), FactType.BOOLEAN, absent=False,
                 help=_("Several are known, and one alone was met in 90 days.")),
            Fact("people.met_recently", _("People met in 90 days"), FactType.NUMBER, unit=_("people"), absent=0),
        ),
        f"""
        SELECT m.account_id, count(m.met_at) FILTER (WHERE m.buying_role = %(met_decider)s) > 0,
            (max(m.met_at) FILTER (WHERE m.buying_role = %(met_decider)s) AT TIME ZONE %(zone)s)::date,
            (max(m.met_at) FILTER (WHERE m.buying_role = %(met_executive)s) AT TIME ZONE %(zone)s)::date,
            (max(m.met_at) FILTER (WHERE m.buying_role = %(met_champion)s) AT TIME ZONE %(zone)s)::date,
            count(*) > 1 AND count(*) FILTER (WHERE lately) = 1, count(*) FILTER (WHERE lately)
        FROM (
            SELECT *, coalesce((met_at AT TIME ZONE %(zone)s)::date >= %(today)s - %(met_days)s, false) AS lately
            FROM ({MET}) met
        ) m GROUP BY m.account_id
        """,
        params={
            "met_decider": BuyingRole.DECIDER, "met_executive": BuyingRole.EXECUTIVE_BUYER,
            "met_champion": BuyingRole.CHAMPION, "met_days": RECENT_DAYS,
            "met_roles": [BuyingRole.DECIDER.value, BuyingRole.EXECUTIVE_BUYER.value, BuyingRole.CHAMPION.value],
            "met_recent": dt.timedelta(days=RECENT_DAYS + 1),
        },
    )
)  # fmt: skip
