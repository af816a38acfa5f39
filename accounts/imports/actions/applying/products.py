"""Products as the file says them: added, or edited where they differ."""

from __future__ import annotations

from accounts.imports.actions.applying.following import CHANGED, MARK, chosen, held
from accounts.imports.actions.applying.telling import IMPORT, edited, tell
from accounts.imports.actions.statements import difference, run
from accounts.imports.models import Import

COLUMNS = ("name", "code", "description", "unit", "recurring")
VALUES = ", ".join(f"v.{name}" for name in COLUMNS)
ABOUT = "jsonb_build_object('product_id', {0}.id, 'name', {0}.{1} -> 'name')"

CREATE = f"""
WITH said AS MATERIALIZED (
    SELECT r.id AS record_id, nextval('accounts_product_id_seq') AS id,
        '{{"description": "", "unit": "seat", "recurring": true}}' || jsonb_strip_nulls(r.values) AS says
    FROM imports_record r WHERE {chosen("product", "create")} AND r.leader IS NULL ORDER BY r.number FOR UPDATE
), born AS (
    INSERT INTO accounts_product (id, tenant_id, {", ".join(COLUMNS)}, active, version)
    SELECT s.id, %(tenant)s, {VALUES}, true, 1
    FROM said s, LATERAL jsonb_populate_record(NULL::accounts_product, s.says) v
), told AS (
    INSERT INTO accounts_event (tenant_id, kind, actor_id, facts)
    SELECT %(tenant)s, 'product.added', %(by)s, {ABOUT.format("s", "says")} || {IMPORT} FROM said s
)
{MARK.format(more="")}
"""


def create(job: Import, first: int, last: int) -> None:
    run(job, CREATE, first=first, last=last)


def change(job: Import, first: int, last: int) -> None:
    run(job, changing(held(job, "product"), MARK.format(more=CHANGED)), first=first, last=last)


def changing(held: str, mark: str) -> str:
    """Lays `says` over what `held` (record_id, id, was, says) holds, tells of it, and marks the records."""
    about = ABOUT.format("m", "becomes")
    told = edited("product.edited", account="NULL::bigint", about=about, apart="'{}'::text[]", moved="moved")
    return f"""
WITH held AS MATERIALIZED ({held}
), said AS MATERIALIZED (
    SELECT h.*, {difference("h.was", "h.says")} AS before FROM held h
), moved AS MATERIALIZED (
    SELECT s.*, s.was || s.says AS becomes FROM said s WHERE s.before IS NOT NULL
), changed AS (
    UPDATE accounts_product p SET ({", ".join(COLUMNS)}) = ROW({VALUES}), version = p.version + 1
    FROM moved m, LATERAL jsonb_populate_record(NULL::accounts_product, m.becomes) v
    WHERE p.tenant_id = %(tenant)s AND p.id = m.id
), told AS ({tell(told)}
)
{mark}
"""
