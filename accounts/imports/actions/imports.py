"""An import's course: opened, mapped, tried, run, stopped, taken back. The work itself is a worker's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from accounts import timeline
from accounts.actions.errors import Conflict, Refused, refuse
from accounts.imports.actions import columns as column_rules
from accounts.imports.actions import files, forgetting, refusals, written
from accounts.imports.guessing import guess
from accounts.imports.models import Import, Kind, Noun, SavedMapping, Stage
from accounts.imports.reading import Cell, Format, Unreadable, headings, likeliest_sheet, remarks, rows, sniff
from accounts.models import User

WORK = "imports"
SAMPLE = 30
# Megabytes that hold the first rows; a workbook's lie anywhere in it.
BEGINNINGS: dict[str, int] = {Kind.CSV: 1, Kind.JSON: 40}
# What a person says about a file's cells and the same export next week has as well.
LASTING = ("decimal", "dates", "currency")
OPTIONS: dict[str, tuple[str, ...]] = {
    "blanks": ("keep", "clear"),
    "missing_accounts": ("refuse", "create"),
    "people": ("refuse", "leave"),
    "duplicates": ("leave", "create", "match"),
    "past_terms": ("open", "ended"),
    "phase": ("adoption", "commit", "onboarding", "expansion", "ended"),
}


@transaction.atomic
def open(
    name: str, chunks: Iterable[bytes], *, noun: str, by: User | None, mapping: SavedMapping | None = None
) -> Import:
    """Keeps the file and reads its beginning. Refused: `file` with what is wrong with it."""
    job = Import.objects.create(name=name[:200] or "import.csv", noun=Noun(noun), kind=Kind.CSV, created_by=by)
    job.size, lines = files.keep(job, chunks)
    try:
        with files.restored(job, parts=1) as head:
            form = sniff(head.read_bytes(), job.name)
        job.kind, job.rows_total = Kind(form.kind), 0 if form.kind == Kind.XLSX else max(0, lines - 1)
        _look(job, form, guessed=True, told=mapping.format if mapping else {})
    except Unreadable as unreadable:
        raise refuse("file", str(unreadable)) from unreadable
    _suggest(job, mapping)
    job.save()
    return job


@transaction.atomic
def map_columns(
    job: Import,
    columns: Mapping[str, str],
    *,
    by: User | None,
    format: Mapping[str, Any] | None = None,
    options: Mapping[str, Any] | None = None,
    version: int | None = None,
) -> Import:
    """Which column says what, how the file is to be read, and what to do in doubt.

    Refused: `columns.<n>`, `format`, `options.<name>`, or "" for what is missing.
    """
    job = _held(job, (Stage.MAPPING, Stage.CHECKED, Stage.FAILED), version=version)
    if format is not None and dict(format) != job.format:
        try:
            _look(job, Format.from_json(job.format | dict(format)))
        except (Unreadable, ValueError) as wrong:
            raise refuse("format", str(wrong)) from wrong
    job.columns = column_rules.read(job, columns)
    job.options = _options(job.options, options or {})
    job.stage, job.message = Stage.MAPPING, ""
    return _moved(job)


@transaction.atomic
def look_again(job: Import, format: Mapping[str, Any]) -> Import:
    """The same file read in another way: headings that stay keep their field. Refused: `format`."""
    job = _held(job, (Stage.MAPPING, Stage.CHECKED, Stage.FAILED))
    meant = {job.headings[int(column)]: path for column, path in job.columns.items()}
    try:
        _look(job, Format.from_json(job.format | dict(format)))
    except (Unreadable, ValueError) as wrong:
        raise refuse("format", str(wrong)) from wrong
    job.columns = column_rules.suggested(job, job.mapping, meant)
    job.stage, job.message = Stage.MAPPING, ""
    return _moved(job)


@transaction.atomic
def check(job: Import, *, by: User | None) -> Import:
    """Tries it: a worker reads every row and compares it with the book. Nothing is written there."""
    job = _held(job, (Stage.MAPPING, Stage.CHECKED, Stage.FAILED))
    column_rules.must_suffice(job)
    job.rows_read = job.rows_done = 0
    job.figures, job.message = {}, ""
    return _started(job, Stage.CHECKING, "clearing")


@transaction.atomic
def run(job: Import, *, by: User | None) -> Import:
    """Writes what was tried, or goes on where it was stopped."""
    job = _held(job, (Stage.CHECKED, Stage.STOPPED))
    job.message, job.figures = "", {name: each for name, each in job.figures.items() if name != "written"}
    then = job.place.get("then", job.place)
    if job.stage == Stage.STOPPED and "after" in then:
        return _started(job, Stage.RUNNING, "again", then=then)
    return _started(job, Stage.RUNNING, "fields", compared=job.place.get("compared"))


@transaction.atomic
def stop(job: Import, *, by: User | None) -> Import:
    """At once: the batch that is under way is rolled back. What was written stays, until it is taken back."""
    job = _held(job, (Stage.CHECKING, Stage.RUNNING))
    if job.stage == Stage.CHECKING:
        job.stage = Stage.MAPPING
    else:
        job.stage, job.figures = Stage.STOPPED, job.figures | {"written": written.by_noun(job)}
    return _moved(job)


@transaction.atomic
def undo(job: Import, *, by: User | None) -> Import:
    """Takes back what it wrote, but for what people have gone on with."""
    job = _held(job, (Stage.DONE, Stage.STOPPED))
    return _started(job, Stage.UNDOING, "contracts", was=job.stage)


def finished(job: Import, kind: str) -> None:
    """Told once, without an account: it was about the whole book."""
    timeline.record(kind, by=job.created_by, import_id=job.pk, name=job.name, figures=job.figures)


def refused_rows(job: Import) -> tuple[list[str], Iterator[list[Cell]]]:
    """Headings and rows of a file to be mended and sent again."""
    return refusals.refused_rows(job)


def _look(job: Import, form: Format, *, guessed: bool = False, told: Mapping[str, Any] | None = None) -> None:
    """Headings and the first rows, in this reading of the file; `told`: how such a file was to be read before."""
    with files.restored(job, parts=BEGINNINGS.get(job.kind)) as path:
        if guessed and form.kind == Kind.XLSX:
            form = replace(form, sheet=likeliest_sheet(path))
        names = headings(path, form)
        first = list(islice(rows(path, form), SAMPLE))
    sample = [[_shown(cell) for cell in row.cells] for row in first]
    if guessed:
        currency = form.currency or column_rules.last_currency(job, names) or job.tenant.currency
        form = guess(replace(form, currency=currency), names, sample)
        form = replace(form, **{name: told[name] for name in LASTING if told and told.get(name)})
    job.headings, job.sample, job.format, job.remarks = names, sample, form.to_json(), remarks(names, first)


def _shown(cell: Any) -> Any:
    text = "" if cell is None else str(cell)
    return text if len(text) <= 300 else text[:300] + "…"


def _suggest(job: Import, mapping: SavedMapping | None) -> None:
    job.columns = column_rules.suggested(job, mapping)
    job.options = _options({}, mapping.options if mapping else {})
    job.mapping = mapping


def _options(before: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The choices with their defaults; `product` is a name, `follow` how a check that went well goes on."""
    options = {name: choices[0] for name, choices in OPTIONS.items()} | {"product": "Subscription"} | dict(before)
    errors = {}
    for name, value in given.items():
        if name in OPTIONS and value not in OPTIONS[name]:
            errors[f"options.{name}"] = [f"This must be one of: {', '.join(OPTIONS[name])}."]
        elif name not in OPTIONS and name not in ("product", "follow", "sample"):
            errors[f"options.{name}"] = ["There is no such choice."]
        elif name == "product" and not (isinstance(value, str) and 0 < len(value.strip()) <= 120):
            errors["options.product"] = ["Give the product a name of at most 120 characters."]
        options[name] = value
    if errors:
        raise Refused(errors)
    return options


def _held(job: Import, stages: tuple[str, ...], *, version: int | None = None) -> Import:
    """The row as it stands now, locked, where it is at a stage that allows this."""
    job = Import.objects.select_for_update().get(pk=job.pk)
    if version is not None and job.version != version:
        raise Conflict(job)
    forgetting.must_remember(job)
    if job.stage not in stages:
        raise refuse("", f"This import is {Stage(job.stage).label.lower()}; that can't be done now.")
    return job


def _started(job: Import, stage: str, step: str, **place: Any) -> Import:
    job.stage, job.place = Stage(stage), {"step": step} | place
    timeline.ring(WORK)
    return _moved(job)


def _moved(job: Import) -> Import:
    job.stage_since = Now()  # type: ignore[assignment]
    job.version = F("version") + 1  # type: ignore[assignment]
    job.save()
    job.refresh_from_db()
    return job
