"""Facts of what was sold: yearly revenue, the next renewal, and the seats that are licensed."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.registry import Fact, FactType, Source, source

# What was agreed counts from the instant at which it was written. An end has its day alone, and is told on that day.
KNOWN = "c.created_at <= %(at)s"
ENDED = "(c.ended_on IS NOT NULL AND (c.ended_on < %(today)s OR c.updated_at <= %(at)s))"
FOLLOWED = """EXISTS (
    SELECT FROM accounts_contract n WHERE n.tenant_id = %(tenant)s AND n.renews_id = c.id AND n.created_at <= %(at)s)"""
OVER = "coalesce(c.ended_on < %(today)s OR c.ended_on = %(today)s AND c.updated_at <= %(at)s, false)"

# Recurring lines in force. A term that ran out undecided still counts, as its revenue does.
SEATS = f"""
SELECT c.account_id, sum(l.quantity) AS seats
FROM accounts_contract c
JOIN accounts_contractline l ON l.tenant_id = %(tenant)s AND l.contract_id = c.id
JOIN accounts_product p ON p.tenant_id = %(tenant)s AND p.id = l.product_id
WHERE c.tenant_id = %(tenant)s AND c.account_id = ANY(%(ids)s::bigint[])
    AND l.recurring AND lower(p.unit) IN ('seat', 'seats') AND {KNOWN} AND l.start_on <= %(today)s AND NOT {OVER}
    AND (l.end_on > %(today)s OR l.end_on = c.end_on AND c.ended_on IS NULL AND NOT {FOLLOWED})
GROUP BY c.account_id
"""

source(
    Source(
        "contract",
        (
            Fact("contract.arr", _("ARR"), FactType.MONEY),
            Fact("contract.renewal_on", _("Next renewal"), FactType.DATE),
            Fact("contract.auto_renew", _("Renews by itself"), FactType.BOOLEAN),
            Fact("contract.notice_on", _("Last day of notice"), FactType.DATE),
            Fact("contract.licensed_seats", _("Licensed seats"), FactType.NUMBER, unit=_("seats")),
            Fact("contract.last_change_on", _("ARR last moved"), FactType.DATE),
        ),
        f"""
        WITH paid AS MATERIALIZED (
            SELECT m.account_id, sum(m.amount_minor)::bigint AS arr, max(m.effective_on) AS moved_on
            FROM accounts_revenuemovement m
            WHERE m.tenant_id = %(tenant)s AND m.account_id = ANY(%(ids)s::bigint[]) AND m.effective_on <= %(today)s
                AND m.recorded_at <= %(at)s
            GROUP BY m.account_id
        ), due AS MATERIALIZED (
            SELECT DISTINCT ON (c.account_id) c.account_id, c.end_on, c.auto_renew, c.notice_days
            FROM accounts_contract c
            WHERE c.tenant_id = %(tenant)s AND c.account_id = ANY(%(ids)s::bigint[])
                AND c.end_on >= %(today)s AND {KNOWN} AND NOT {ENDED} AND NOT {FOLLOWED}
            ORDER BY c.account_id, c.end_on, c.id
        ), held AS MATERIALIZED ({SEATS})
        SELECT a.id, coalesce(paid.arr, 0), due.end_on, due.auto_renew, due.end_on - due.notice_days, held.seats,
            paid.moved_on
        FROM unnest(%(ids)s::bigint[]) a(id)
        LEFT JOIN paid ON paid.account_id = a.id
        LEFT JOIN due ON due.account_id = a.id
        LEFT JOIN held ON held.account_id = a.id
        """,
    )
)
