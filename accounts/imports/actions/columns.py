"""Which column of the file says what: suggested, checked, kept for the next time."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import QuerySet

from accounts.actions.errors import Refused
from accounts.imports.actions import own_fields
from accounts.imports.fields import FIELDS, custom_path, fact_path, parsed_new
from accounts.imports.models import Import, Noun, SavedMapping
from accounts.imports.suggesting import suggest
from accounts.models import CustomField, ExternalFact

MOST = 50  # imports whose mappings are remembered
# How much, and from when.
TERMS: tuple[tuple[str, ...], ...] = (
    ("contract.arr", "contract.total"),
    ("contract.start_on", "contract.end_on", "contract.signed_on", "contract.last_day"),
)
# One of each group must be mapped, or a row can't be told from any other.
NEEDED: dict[str, tuple[tuple[str, ...], ...]] = {
    Noun.PRODUCT: (("product.name", "product.code"),),
    Noun.ACCOUNT: (("account.name",),),
    Noun.CONTACT: (
        ("contact.name", "contact.first_name", "contact.last_name", "contact.email"),
        ("account.name", "account.external_id", "account.domain", "contact.email"),
    ),
    Noun.CONTRACT: (
        ("account.name", "account.external_id", "account.domain"),
        *TERMS,
    ),
    Noun.NOTE: (("note.body",), ("account.name", "account.external_id", "account.domain", "contact.email")),
}


def paths() -> dict[str, str]:
    """Every field that a column may be mapped to, with its label; the tenant's own and external facts among them."""
    known = {path: field.label for path, field in FIELDS.items()}
    own = CustomField.objects.filter(active=True).values_list("key", "label")
    facts = ExternalFact.objects.filter(active=True).values_list("key", "label")
    return known | {custom_path(key): label for key, label in own} | {fact_path(key): label for key, label in facts}


def suggested(job: Import, mapping: SavedMapping | None, meant: Mapping[str, str] | None = None) -> dict[str, str]:
    """Column number to field: by this mapping, by the last ones of the same noun, by name, by content.

    `meant`: heading to field as this import has it; what a saved mapping leaves out is left out, as is what people
    took away from what was suggested when its heading last came.
    """
    kept = (mapping.columns if mapping else {}) | dict(meant or {})
    chosen, forgone = _earlier(job)
    earlier, known = chosen | kept, paths()
    found = suggest(job.noun, job.headings, job.sample, known, {h: p for h, p in earlier.items() if p in known})
    named = {job.headings[column]: path for column, path in found.items()}
    left_out = {heading for heading, path in kept.items() if not path}
    doubtful = {h: forgone[h] for h in named if h in forgone and h not in kept}
    left_out |= _taken_away(job, named, doubtful, chosen, known)
    found |= _offered(job, own_fields.of_own_export(job, found), forgone)
    return {str(column): path for column, path in sorted(found.items()) if job.headings[column] not in left_out}


def read(job: Import, given: Mapping[str, str]) -> dict[str, str]:
    """The mapping as it is kept; columns that are left out don't appear.

    Those that change come last: where two mean the same field, the one that somebody just chose is asked about.
    """
    known, errors = paths(), {}
    columns: dict[str, str] = {}
    taken: dict[str, int] = {}
    for column, path in sorted(given.items(), key=lambda said: job.columns.get(str(said[0])) != said[1]):
        if not path:
            continue
        where = f"columns.{column}"
        if not (str(column).isdecimal() and int(column) < len(job.headings)):
            errors[where] = ["The file has no such column."]
        elif path not in known and parsed_new(path) is None:
            errors[where] = [f"There is no field “{path}”."]
        elif fault := own_fields.wrong(path, columns.values()):
            errors[where] = [fault]
        elif path in taken:
            errors[where] = [f"“{job.headings[taken[path]]}” is mapped to this field already."]
        else:
            taken[path] = int(column)
            columns[str(column)] = path
    if errors:
        raise Refused(errors)
    return columns


def missing(job: Import) -> list[str]:
    """What has to be mapped before this can be tried, in words."""
    mapped, known = set(job.columns.values()), paths()
    groups = NEEDED[job.noun]
    if job.noun != Noun.CONTRACT and any(path.startswith("contract.") for path in mapped):
        # Half a contract would refuse every row that has a cell for it.
        groups += TERMS
    return [
        " or ".join(known[path] for path in group if path in known)
        for group in groups
        if not mapped.intersection(group)
    ]


def must_suffice(job: Import) -> None:
    if lacking := missing(job):
        raise Refused({"columns": [f"Map a column to {each}." for each in lacking]})


def last_currency(job: Import, headings: list[str]) -> str:
    """What amounts without a sign were in when these headings last came: a mended file says no more than they do."""
    for known, form in _last(job.noun).exclude(pk=job.pk).values_list("headings", "format"):
        if set(known) <= set(headings):
            return str(form.get("currency", ""))
    return ""


def _last(noun: str) -> QuerySet[Import]:
    return Import.objects.filter(noun=noun).exclude(columns={}).order_by("-id")


def _earlier(job: Import) -> tuple[dict[str, str], dict[str, int]]:
    """What people chose for the same headings in their last imports of this noun, and which of these left one out."""
    chosen: dict[str, str] = {}
    forgone: dict[str, int] = {}
    for pk, headings, columns in _last(job.noun).exclude(pk=job.pk).values_list("pk", "headings", "columns")[:MOST]:
        for number, heading in enumerate(headings):
            if path := columns.get(str(number)):
                chosen.setdefault(heading, own_fields.as_created(path))
            elif heading not in chosen:
                forgone.setdefault(heading, pk)
    return chosen, forgone


def _offered(job: Import, new: Mapping[int, str], forgone: Mapping[str, int]) -> dict[int, str]:
    """But for what was on offer before, and taken away."""
    places = {column: forgone[job.headings[column]] for column in new if job.headings[column] in forgone}
    then = Import.objects.filter(pk__in=set(places.values())).in_bulk() if places else {}
    gone = {column for column, pk in places.items() if own_fields.is_own_export(then[pk])}
    return {column: path for column, path in new.items() if column not in gone}


def _taken_away(
    job: Import, named: Mapping[str, str], doubtful: Mapping[str, int], chosen: Mapping[str, str], known: dict[str, str]
) -> set[str]:
    """Which of the headings that one of the last imports left out were on offer there.

    Nobody took away what stood back behind a column that this file lacks, or a field that came only later.
    """
    gone = set()
    for before in Import.objects.filter(pk__in=set(doubtful.values())) if doubtful else ():
        others = {own_fields.as_created(each): before.headings[int(number)] for number, each in before.columns.items()}
        sample = before.sample or (job.sample if before.headings == job.headings else [])
        offered = suggest(job.noun, before.headings, sample, known, {})
        for heading in (heading for heading, pk in doubtful.items() if pk == before.pk):
            path = named[heading]
            if others.get(path, job.headings[0]) not in job.headings:
                continue
            if chosen.get(heading) == path or (path in FIELDS and offered.get(before.headings.index(heading)) == path):
                gone.add(heading)
    return gone
