"""Facts of the book: the account itself, its contracts, its people and its tasks."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.models import BuyingRole, Phase, Touch
from accounts.registry import Fact, FactType, Source, source

source(
    Source(
        "account",
        (
            Fact("account.phase", _("Phase"), FactType.CHOICE, choices=tuple(Phase.choices)),
            Fact("account.phase_since", _("In this phase since"), FactType.DATE),
            Fact("account.segment", _("Segment"), FactType.TEXT),
            Fact("account.region", _("Region"), FactType.TEXT),
            Fact("account.industry", _("Industry"), FactType.TEXT),
            Fact("account.touch_model", _("Touch model"), FactType.CHOICE, choices=tuple(Touch.choices)),
            Fact("account.has_csm", _("Has a CSM"), FactType.BOOLEAN),
            Fact("account.archived", _("Archived"), FactType.BOOLEAN),
            Fact("account.since", _("Account since"), FactType.DATE),
            Fact("contract.arr", _("ARR"), FactType.MONEY),
            Fact("contract.renewal_on", _("Next renewal"), FactType.DATE),
            Fact("account.last_touch_on", _("Last contact"), FactType.DATE),
        ),
        """
        SELECT a.id, a.phase, (a.phase_since AT TIME ZONE %(zone)s)::date, nullif(a.segment, ''), nullif(a.region, ''),
            nullif(a.industry, ''), a.touch_model, a.csm_id IS NOT NULL, a.archived_at IS NOT NULL,
            (a.created_at AT TIME ZONE %(zone)s)::date, s.arr_minor, s.renewal_on,
            (s.last_touch_at AT TIME ZONE %(zone)s)::date
        FROM accounts_account a
        LEFT JOIN accounts_accountstate s ON s.tenant_id = %(tenant)s AND s.account_id = a.id
        WHERE a.tenant_id = %(tenant)s AND a.id = ANY(%(ids)s)
        """,
    )
)

source(
    Source(
        "people",
        (
            Fact("people.champion_present", _("Champion present"), FactType.BOOLEAN, absent=False),
            Fact("people.known", _("People known"), FactType.NUMBER, unit=_("people"), absent=0),
            Fact("people.last_departed_on", _("Last departure"), FactType.DATE),
        ),
        """
        SELECT c.account_id,
            coalesce(bool_or(c.buying_role = %(people_champion)s) FILTER (WHERE here), false),
            count(*) FILTER (WHERE here), max(c.departed_on)
        FROM (
            SELECT account_id, buying_role, departed_on, departed_on IS NULL OR departed_on > %(today)s AS here
            FROM accounts_contact WHERE tenant_id = %(tenant)s AND account_id = ANY(%(ids)s)
        ) c GROUP BY c.account_id
        """,
        params={"people_champion": BuyingRole.CHAMPION},
    )
)

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
        WHERE tenant_id = %(tenant)s AND account_id = ANY(%(ids)s) AND status = 'open' GROUP BY account_id
        """,
    )
)
