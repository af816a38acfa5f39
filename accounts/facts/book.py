"""Facts of the book: the account itself, its people and its tasks."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.models import BuyingRole, Influence, Phase, Stance, Touch
from accounts.registry import Fact, FactType, Source, source

# What stands on the row is as of now; asked about an instant before that, the steps and events that led there tell.
source(
    Source(
        "account",
        (
            Fact("account.name", _("Account name"), FactType.TEXT),
            Fact("account.currency", _("Currency"), FactType.TEXT),
            Fact("account.phase", _("Phase"), FactType.CHOICE, choices=tuple(Phase.choices)),
            Fact("account.phase_since", _("In this phase since"), FactType.DATE),
            Fact("account.segment", _("Segment"), FactType.TEXT),
            Fact("account.region", _("Region"), FactType.TEXT),
            Fact("account.industry", _("Industry"), FactType.TEXT),
            Fact("account.touch_model", _("Touch model"), FactType.CHOICE, choices=tuple(Touch.choices)),
            Fact("account.has_csm", _("Has a CSM"), FactType.BOOLEAN),
            Fact("account.archived", _("Archived"), FactType.BOOLEAN),
            Fact("account.since", _("Account since"), FactType.DATE),
            Fact("account.last_touch_on", _("Last contact"), FactType.DATE),
        ),
        """
        SELECT a.id, a.name, a.currency, coalesce(p.to_phase, a.phase),
            (coalesce(p.changed_at, a.phase_since) AT TIME ZONE %(zone)s)::date,
            nullif(a.segment, ''), nullif(a.region, ''), nullif(a.industry, ''), a.touch_model, a.csm_id IS NOT NULL,
            a.archived_at IS NOT NULL AND a.archived_at <= %(at)s, (a.created_at AT TIME ZONE %(zone)s)::date,
            (CASE WHEN s.last_touch_at <= %(at)s THEN s.last_touch_at WHEN s.last_touch_at IS NOT NULL THEN (
                SELECT max(e.occurred_at) FROM accounts_event e WHERE e.tenant_id = %(tenant)s AND e.account_id = a.id
                AND e.kind = ANY(%(touches)s) AND e.occurred_at <= %(at)s) END AT TIME ZONE %(zone)s)::date
        FROM accounts_account a
        LEFT JOIN accounts_accountstate s ON s.tenant_id = %(tenant)s AND s.account_id = a.id
        LEFT JOIN LATERAL (
            SELECT c.to_phase, c.changed_at FROM accounts_phasechange c
            WHERE a.phase_since > %(at)s AND c.tenant_id = %(tenant)s AND c.account_id = a.id AND c.changed_at <= %(at)s
            ORDER BY c.changed_at DESC, c.id DESC LIMIT 1
        ) p ON true
        WHERE a.tenant_id = %(tenant)s AND a.id = ANY(%(ids)s::bigint[])
        """,
    )
)

source(
    Source(
        "people",
        (
            Fact("people.champion_present", _("Champion present"), FactType.BOOLEAN, absent=False),
            Fact("people.decider_known", _("Decider known"), FactType.BOOLEAN, absent=False),
            Fact("people.executive_known", _("Executive buyer known"), FactType.BOOLEAN, absent=False),
            Fact("people.known", _("People known"), FactType.NUMBER, unit=_("people"), absent=0),
            Fact("people.advocates", _("Advocates"), FactType.NUMBER, unit=_("people"), absent=0),
            Fact("people.detractors", _("Detractors"), FactType.NUMBER, unit=_("people"), absent=0),
            Fact("people.strong_detractors", _("Detractors of much influence"), FactType.NUMBER, unit=_("people"),
                 absent=0),
            Fact("people.last_departed_on", _("Last departure"), FactType.DATE),
        ),
        """
        SELECT c.account_id,
            count(*) FILTER (WHERE here AND buying_role = %(people_champion)s) > 0,
            count(*) FILTER (WHERE here AND buying_role = %(people_decider)s) > 0,
            count(*) FILTER (WHERE here AND buying_role = %(people_executive)s) > 0,
            count(*) FILTER (WHERE here), count(*) FILTER (WHERE here AND stance = %(people_advocate)s),
            count(*) FILTER (WHERE here AND stance = %(people_detractor)s),
            count(*) FILTER (WHERE here AND stance = %(people_detractor)s AND influence >= %(people_high)s),
            max(departed_on) FILTER (WHERE NOT here)
        FROM (
            SELECT account_id, buying_role, stance, influence, departed_on,
                departed_on IS NULL OR departed_on > %(today)s
                OR departed_on = %(today)s AND updated_at > %(at)s AS here
            FROM accounts_contact
            WHERE tenant_id = %(tenant)s AND account_id = ANY(%(ids)s::bigint[]) AND created_at <= %(at)s
        ) c GROUP BY c.account_id
        """,
        params={
            "people_champion": BuyingRole.CHAMPION, "people_decider": BuyingRole.DECIDER,
            "people_executive": BuyingRole.EXECUTIVE_BUYER, "people_advocate": Stance.ADVOCATE,
            "people_detractor": Stance.DETRACTOR, "people_high": Influence.HIGH,
        },
    )
)  # fmt: skip

# What was closed later than asked was open then.
source(
    Source(
        "task",
        (
            Fact("task.open", _("Open tasks"), FactType.NUMBER, unit=_("tasks"), absent=0),
            Fact("task.overdue", _("Overdue tasks"), FactType.NUMBER, unit=_("tasks"), absent=0),
            Fact("task.oldest_due_on", _("Oldest open task was due"), FactType.DATE),
        ),
        """
        SELECT account_id, count(*), count(*) FILTER (WHERE due_on < %(today)s), min(due_on) FROM accounts_task
        WHERE tenant_id = %(tenant)s AND account_id = ANY(%(ids)s::bigint[]) AND created_at <= %(at)s
            AND (status = 'open' OR closed_at > %(at)s)
        GROUP BY account_id
        """,
    )
)
