"""Rows as wholes: what is refused takes its row with it, and the next row of the same meaning takes its place."""

from __future__ import annotations

OF_JOB = "{0}.tenant_id = %(tenant)s AND {0}.job_id = %(job)s"
R, BAD, LED, FOLLOWER = (OF_JOB.format(name) for name in ("r", "bad", "led", "f"))

# Errors that an earlier comparison found say so in `step`; what the reader found stays.
RESET = f"""
UPDATE imports_record r SET verdict = 'open', leader = NULL, target_id = NULL, before = NULL, possible = '[]',
    errors = jsonb_path_query_array(r.errors, '$[*] ? (!exists(@.step))')
WHERE {R} AND NOT r.done AND r.verdict <> 'open'
"""

SPREAD = f"""
UPDATE imports_record r SET verdict = 'refused'
FROM (SELECT DISTINCT bad.number FROM imports_record bad
    WHERE {BAD} AND NOT bad.done AND (bad.verdict = 'refused' OR bad.errors <> '[]')) bad
WHERE {R} AND r.number = bad.number AND r.verdict <> 'refused' AND NOT r.done
"""

# The first follower that isn't refused leads the others; it needs the name that its leader gave for all.
HEIRS = f"""
WITH heirs AS (
    SELECT led.noun, led.number AS late, min(f.number) AS heir
    FROM imports_record led JOIN imports_record f ON {FOLLOWER} AND f.noun = led.noun
        AND f.leader = led.number AND f.leader IS NOT NULL
    WHERE {LED} AND led.verdict = 'refused' AND NOT led.done AND f.verdict = 'same' {{only}}
    GROUP BY led.noun, led.number
), left_over AS (
    SELECT h.*, led.target_id, led.before, led.possible, (SELECT coalesce(jsonb_object_agg(e.key, e.value), '{{{{}}}}')
        FROM jsonb_each(led.values) e WHERE e.key IN ('name', 'domain', 'external_id', 'code')) AS identity
    FROM heirs h JOIN imports_record led ON {LED} AND led.noun = h.noun AND led.number = h.late
)
UPDATE imports_record r SET
    leader = CASE WHEN r.number = l.heir THEN NULL ELSE l.heir END,
    verdict = CASE WHEN r.number <> l.heir THEN 'same' WHEN l.target_id IS NULL THEN 'create'
        WHEN l.before IS NULL THEN 'same' ELSE 'change' END,
    before = CASE WHEN r.number = l.heir THEN l.before END,
    possible = CASE WHEN r.number = l.heir THEN l.possible ELSE r.possible END,
    "values" = CASE WHEN r.number = l.heir THEN l.identity || r.values ELSE r.values END
FROM left_over l WHERE {R} AND r.noun = l.noun AND r.leader = l.late AND r.leader IS NOT NULL AND r.verdict = 'same'
"""

# A cell that clears says null: where the column knows no null it is blank, and what must be said stays as it is.
BLANK = ("domain", "industry", "region", "segment", "email", "phone", "title", "persona", "buying_role", "stance",
         "moved_to", "description")  # fmt: skip
NEEDED = ("name", "touch_model", "currency", "phase", "code", "unit", "recurring")
CLEAR = f"""
UPDATE imports_record r SET "values" = (
    SELECT coalesce(jsonb_object_agg(e.key, CASE
        WHEN e.value = 'null' AND e.key = ANY(%(blank)s) THEN '""'
        WHEN e.value = 'null' AND e.key = 'influence' THEN '0'
        WHEN e.value = '""' AND e.key = 'external_id' THEN 'null' ELSE e.value END
        ) FILTER (WHERE e.key <> ALL(%(needed)s) OR e.value NOT IN ('null', '""')), '{{}}')
    FROM jsonb_each(r.values) e)
WHERE {R} AND r.noun IN ('product', 'account', 'contact') AND NOT r.done AND r.verdict = 'open'
"""
