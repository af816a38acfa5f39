"""What an account's timeline is told of an import: the events that the same change by hand would leave.

They name the import in `import_id`, and have no inbox rows: history that is brought along starts no plays.
"""

from __future__ import annotations

IMPORT = "jsonb_build_object('import_id', %(job)s::bigint)"


def edited(kind: str, *, account: str, about: str, apart: str, moved: str) -> str:
    """A query of id, account_id, kind, facts over rows with was, says and before; `apart`: columns told elsewhere."""
    return f"""
        SELECT m.id, {account} AS account_id, '{kind}' AS kind, {about} || jsonb_build_object(
            'fields', e.fields, 'changed', e.changed, 'before', m.before - {apart}, 'after', e.after) AS facts
        FROM {moved} m, LATERAL (
            SELECT jsonb_agg(k ORDER BY k) AS fields,
                string_agg(replace(replace(k, 'parent_id', 'parent'), '_', ' '), ', ' ORDER BY k) AS changed,
                jsonb_object_agg(k, m.says -> k) AS after
            FROM jsonb_object_keys(m.before - {apart}) k
        ) e WHERE e.fields IS NOT NULL"""


def owners_changed(moved: str) -> str:
    return f"""
        SELECT m.id, m.id AS account_id, 'account.owner_changed' AS kind, jsonb_build_object(
            'role', role.label, 'role_code', role.code,
            'before', coalesce(was.name, 'nobody'), 'before_id', was.id,
            'after', coalesce(becomes.name, 'nobody'), 'after_id', becomes.id) AS facts
        FROM {moved} m
        CROSS JOIN (SELECT key AS code, value AS label FROM jsonb_each_text(%(roles)s::jsonb)) role
        LEFT JOIN accounts_user was ON was.id = (m.was ->> (role.code || '_id'))::bigint
        LEFT JOIN accounts_user becomes ON becomes.id = (m.says ->> (role.code || '_id'))::bigint
        WHERE m.before ? (role.code || '_id')"""


def phase_changed(moved: str) -> str:
    return f"""
        SELECT m.id, m.id AS account_id, 'phase.changed' AS kind, jsonb_build_object(
            'from_phase', m.was -> 'phase', 'to_phase', m.says -> 'phase',
            'before', %(phases)s::jsonb -> (m.was ->> 'phase'),
            'after', %(phases)s::jsonb -> (m.says ->> 'phase')) AS facts
        FROM {moved} m WHERE m.before ? 'phase'"""


def tell(*told: str) -> str:
    """The inside of an INSERT … for these queries."""
    return f"""
    INSERT INTO accounts_event (tenant_id, account_id, kind, actor_id, facts)
    SELECT %(tenant)s, account_id, kind, %(by)s, facts || {IMPORT} FROM ({" UNION ALL ".join(told)}) told ORDER BY id"""
