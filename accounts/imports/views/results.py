"""What would happen, what happened, what stayed: figures by noun, and the rows behind each figure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from accounts import formats
from accounts.access import MemberRequest
from accounts.imports.actions import written
from accounts.imports.fields import parsed_new
from accounts.imports.models import Import, Noun, Record, Stage, Verdict
from accounts.imports.views.frame import ICONS
from accounts.imports.views.records import told

SIZE = 50
WOULD = {
    "create": gettext_lazy("New"), "change": gettext_lazy("Changed"), "same": gettext_lazy("Unchanged"),
    "refused": gettext_lazy("Refused"),
}  # fmt: skip
POSSIBLE, STAYED, NOT_WON = "possible", "stayed", "not_won"
# In the order in which a person wants to know.
TABS: dict[str, Any] = {
    "refused": gettext_lazy("Refused rows"),
    POSSIBLE: gettext_lazy("Possible duplicates"),
    "change": gettext_lazy("Changed"),
    "create": gettext_lazy("New"),
}
NOTHING = {
    "refused": gettext_lazy("No row was refused."),
    POSSIBLE: gettext_lazy("No new account has the name or domain of one that is there."),
    "change": gettext_lazy("Nothing that is in your book differs from the file."),
    "create": gettext_lazy("Everything in the file is in your book already."),
    STAYED: gettext_lazy("Everything that this import wrote is gone."),
    NOT_WON: gettext_lazy("Every deal in the file is won."),
}
OVER_OPEN = ngettext_lazy(
    "The last term of %(n)s contract is over and none follows: its ARR counts on until it is ended or renewed. If that "
    "customer left, choose so in the mapping.",
    "The last terms of %(n)s contracts are over and none follows: their ARR counts on until they are ended or renewed. "
    "If those customers left, choose so in the mapping.",
    "count",
)
OVER_ENDED = ngettext_lazy(
    "The last term of %(n)s contract is over and none follows: it ends on that day, as chosen in the mapping.",
    "The last terms of %(n)s contracts are over and none follows: they end on that day, as chosen in the mapping.",
    "count",
)
STANDS = (Stage.DONE, Stage.STOPPED)
FIGURES = {"create": "created", "change": "changed", "same": "same", "refused": "refused"}
MOST = 1_000  # nobody counts further by looking


def context(request: MemberRequest, job: Import) -> dict[str, Any]:
    figures = totals(job)
    tabs = _tabs(job, figures)
    asked = request.GET.get("show", "")
    chosen = asked if asked in tabs else next(iter(tabs), "refused")
    noun = request.GET.get("noun", "")
    noun = noun if noun in Noun.values else ""
    rows, following = page_of(job, chosen, noun, request.GET.get("after", ""))
    so_far = standing(job)
    return {
        "tiles": tiles(job, so_far) if job.stage != Stage.UNDONE else [],
        "so_far": said_so_far(figures, so_far),
        "stayed": STAYED in tabs and tabs[STAYED][1] != "0",
        "kept_fields": kept_fields(job),
        "figures": figures,
        "run_label": run_label(figures),
        "open_past": open_past(job),
        "written": job.stage in STANDS,
        "tabs_shown": [
            {"code": code, "label": label, "count": count, "current": code == chosen}
            for code, (label, count) in tabs.items()
        ],
        "chosen": chosen,
        "of_noun": Noun(noun).label if noun else "",
        "records": told(request, job, rows),
        "next": "?" + urlencode({"show": chosen, "noun": noun, "after": following}) if following else "",
        "nothing": NOTHING[chosen],
        "lost": not rows and not request.GET.get("after"),
    }


def _figure(each: Mapping[str, Any], verdict: str) -> int:
    return int(each.get(FIGURES[verdict], 0))


def by_noun(job: Import) -> dict[Noun, Mapping[str, Any]]:
    return {noun: job.figures[noun] for noun in ICONS if isinstance(job.figures.get(noun), dict)}


def totals(job: Import) -> dict[str, int]:
    """Things, over all nouns; but rows where they are refused, since each row has one record of the import's noun."""
    nouns = by_noun(job)
    found = {verdict: sum(_figure(each, verdict) for each in nouns.values()) for verdict in WOULD}
    return found | {"refused": _figure(nouns.get(Noun(job.noun), {}), "refused")}


def standing(job: Import) -> Mapping[str, Mapping[str, int]] | None:
    """By noun: what is in the book of an import that was stopped on the way."""
    if job.stage != Stage.STOPPED:
        return None
    return job.figures["written"] if "written" in job.figures else written.by_noun(job)


def said_so_far(figures: Mapping[str, int], so_far: Mapping[str, Mapping[str, int]] | None) -> str:
    if so_far is None:
        return ""
    done = sum(sum(each.values()) for each in so_far.values())
    counts = {"done": formats.number(done), "all": formats.number(figures["create"] + figures["change"])}
    return _("%(done)s of %(all)s are in your book.") % counts


def open_past(job: Import) -> str:
    """What becomes of contracts whose last term is over, where the file has any."""
    count = int(job.figures.get("open_past_terms", 0))
    if not count or job.stage != Stage.CHECKED:
        return ""
    said = OVER_ENDED if job.options.get("past_terms") == "ended" else OVER_OPEN
    return said % {"count": count, "n": formats.number(count)}


def kept_fields(job: Import) -> list[str]:
    """Labels of the tenant's own fields that this import created: they outlive it."""
    return [new[1] for new in map(parsed_new, job.columns.values()) if new]


def tiles(job: Import, so_far: Mapping[str, Mapping[str, int]] | None = None) -> list[dict[str, Any]]:
    """`so_far`: what is written of what would have been, where that isn't the same."""
    return [
        {
            "noun": noun,
            "icon": ICONS[noun],
            "figures": [
                {
                    "label": label,
                    "count": formats.number(_figure(each, verdict)),
                    "written": _written(so_far, noun, verdict),
                    "href": f"?show={verdict}&noun={noun}" if verdict in TABS and _figure(each, verdict) else "",
                }
                for verdict, label in WOULD.items()
            ]
            + _left_out(each),
        }
        for noun, each in by_noun(job).items()
    ]


def _left_out(each: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Deals that aren't won, where there are any."""
    count = int(each.get(NOT_WON, 0))
    left = {"label": _("Not won, left out"), "count": formats.number(count), "written": "", "href": f"?show={NOT_WON}"}
    return [left] if count else []


def _written(so_far: Mapping[str, Mapping[str, int]] | None, noun: Noun, verdict: str) -> str:
    if so_far is None or verdict not in ("create", "change"):
        return ""
    return formats.number(so_far.get(noun, {}).get(FIGURES[verdict], 0))


def run_label(figures: Mapping[str, int]) -> str:
    """ "Run import: 120 new, 14 changed"; empty where there is nothing to write."""
    parts = [
        f"{formats.number(figures[verdict])} {word}"
        for verdict, word in (("create", _("new")), ("change", _("changed")))
        if figures[verdict]
    ]
    return _("Run import: %(what)s") % {"what": ", ".join(parts)} if parts else ""


def _tabs(job: Import, figures: Mapping[str, int]) -> dict[str, tuple[Any, str]]:
    if job.stage == Stage.UNDONE:
        return {STAYED: (_("What stayed"), _count(_of(job, STAYED)[: MOST + 1].count(), most=True))}
    counts = dict(figures) | {POSSIBLE: _of(job, POSSIBLE).filter(noun=Noun.ACCOUNT)[: MOST + 1].count()}
    shown = {code: (label, _count(counts[code], most=code == POSSIBLE)) for code, label in TABS.items()}
    if left := int(by_noun(job).get(Noun.CONTRACT, {}).get(NOT_WON, 0)):
        shown[NOT_WON] = (_("Not won"), formats.number(left))
        counts[NOT_WON] = 0  # never what opens
    # The first that has anything is what opens; those without come after it.
    full = {code: tab for code, tab in shown.items() if counts[code]}
    return full | shown


def _count(count: int, *, most: bool) -> str:
    return f"{MOST:,}+" if most and count > MOST else formats.number(count)


def page_of(job: Import, show: str, noun: str, after: str) -> tuple[list[Record], str]:
    """Records of one kind in the file's order: each noun asked by itself, as its key runs, then merged."""
    number, _dot, last = after.partition(".")
    place = (int(number), last) if number.isdecimal() and last in Noun.values else (-1, "")
    nouns: list[str] = [noun] if noun else [*by_noun(job)] or [job.noun]
    asked = [_after(_of(job, show).filter(noun=each), each, place) for each in nouns]
    found = sorted(
        (record for each in asked for record in each.order_by("number")[: SIZE + 1]),
        key=lambda record: (record.number, record.noun),
    )
    rows = found[:SIZE]
    return rows, f"{rows[-1].number}.{rows[-1].noun}" if len(found) > SIZE else ""


def _of(job: Import, show: str) -> QuerySet[Record]:
    records = Record.objects.filter(job=job)
    if show == POSSIBLE:
        return records.exclude(possible=[])
    if show == STAYED:
        return records.filter(errors__contains=[{"step": "undo"}])
    if show == NOT_WON:
        return records.filter(noun=Noun.CONTRACT, verdict=Verdict.SAME, values__has_key=NOT_WON)
    if show == "refused":
        return records.filter(verdict=Verdict.REFUSED).exclude(errors=[])
    return records.filter(verdict=show)


def _after(records: QuerySet[Record], noun: str, place: tuple[int, str]) -> QuerySet[Record]:
    number, last = place
    return records.filter(Q(number__gte=number) if noun > last else Q(number__gt=number))
