"""Rows of the file that mean the same thing: the first speaks, the others follow or contradict."""

from __future__ import annotations

from accounts.imports.actions.statements import ours, run
from accounts.imports.models import Import

# A weaker key joins the one group that has it under a stronger one; among several, nobody guesses.
JOIN = """
UPDATE imports_said s SET grp = CASE WHEN m.n = 1 THEN m.grp ELSE s.grp END,
    path = CASE WHEN m.n > 1 AND {last} THEN %(path)s END,
    message = CASE WHEN m.n > 1 AND {last} THEN %(several)s END
FROM (
    SELECT {by}, count(DISTINCT grp) AS n, min(grp) AS grp FROM imports_said
    WHERE message IS NULL AND left(grp, 1) = ANY(%(stronger)s) GROUP BY {by}
) m
WHERE s.message IS NULL AND left(s.grp, 1) = %(weaker)s AND {same}
"""

# Two things in the file can't share what only one may have.
ONCE = """
UPDATE imports_said s SET path = %(path)s, message = format(%(taken)s, m.number)
FROM (
    SELECT k2, (array_agg(grp ORDER BY number))[1] AS grp, min(number) AS number FROM imports_said
    WHERE message IS NULL AND k2 IS NOT NULL GROUP BY k2 HAVING count(DISTINCT grp) > 1
) m
WHERE s.message IS NULL AND s.k2 = m.k2 AND s.grp <> m.grp
"""

LEAD = """
UPDATE imports_said s SET leader = m.number
FROM (SELECT grp, min(number) AS number FROM imports_said WHERE message IS NULL GROUP BY grp HAVING count(*) > 1) m
WHERE s.message IS NULL AND s.grp = m.grp AND s.number > m.number
"""

# The second may say less than the first and the same; where it says something else, somebody has to choose.
CONTRADICT = """
UPDATE imports_said s SET path = %(paths)s::jsonb ->> left(s.grp, 1), leader = NULL,
    message = format(%(words)s::jsonb ->> left(s.grp, 1), s.leader)
FROM imports_record q, imports_record led
WHERE {ours_q} AND {ours_led} AND s.leader IS NOT NULL AND q.number = s.number AND led.number = s.leader
    AND NOT q.values <@ led.values
"""


def join(job: Import, weaker: str, *, by: tuple[str, ...], stronger: str, path: str, several: str) -> None:
    """`weaker` and `stronger` are letters of groups. With two keys, several are left for the next try."""
    statement = JOIN.format(
        by=", ".join(by),
        same=" AND ".join(f"s.{key} = m.{key}" for key in by),
        last="true" if len(by) == 1 else "false",
    )
    run(job, statement, weaker=weaker, stronger=list(stronger), path=path, several=several)


def once(job: Import, *, path: str, taken: str) -> None:
    run(job, ONCE, path=path, taken=taken)


def lead(job: Import) -> None:
    run(job, LEAD)


def contradict(job: Import, noun: str, *, paths: str, words: str) -> None:
    """`paths` and `words`: JSON by the letter of the group; the words have a place for the row's number."""
    statement = CONTRADICT.format(ours_q=ours("q", noun), ours_led=ours("led", noun))
    run(job, statement, paths=paths, words=words)
