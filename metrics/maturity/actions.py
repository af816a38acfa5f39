"""Maturity: templates added, changed and put away; accounts assessed; what the cells of the matrix mean."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from accounts import timeline
from accounts.actions.errors import Conflict, Errors, Refused, named_refusals, refuse
from accounts.actions.validity import check, check_change, only
from accounts.actions.writing import change, told
from accounts.models import Account, User
from metrics.maturity import index
from metrics.maturity.models import Assessment, Matrix, MaturityTemplate, TemplateVersion

FIELDS = ("name", "questions")
MOST = 20


@transaction.atomic
def add(values: Mapping[str, Any], *, by: User | None) -> MaturityTemplate:
    wanted = only(values, FIELDS)
    _check_questions(wanted)
    if MaturityTemplate.objects.filter(archived_at=None).count() >= MOST:
        raise refuse("", f"A workspace has at most {MOST} templates.")
    row = MaturityTemplate(**wanted, created_by=by)
    check(row)
    with named_refusals(MaturityTemplate):
        row.save()
    _keep(row, by)
    timeline.record("maturity_template.added", by=by, template_id=row.pk, name=row.name)
    return row


@transaction.atomic
def edit(
    row: MaturityTemplate, values: Mapping[str, Any], *, by: User | None, version: int | None = None
) -> MaturityTemplate:
    """Earlier assessments keep the questions that they were asked."""
    wanted = only(values, FIELDS)
    if "questions" in wanted:
        _check_questions(wanted)
    check_change(row, wanted)
    changed = change(row, wanted, version=version)
    if changed:
        _keep(row, by)
        timeline.record("maturity_template.edited", by=by, template_id=row.pk, name=row.name, **told(changed))
    return row


def _keep(row: MaturityTemplate, by: User | None) -> None:
    row.refresh_from_db()
    TemplateVersion.objects.create(template=row, number=row.version, name=row.name, questions=row.questions, made_by=by)


@transaction.atomic
def archive(row: MaturityTemplate, *, by: User | None) -> None:
    if MaturityTemplate.objects.filter(pk=row.pk, archived_at=None).update(archived_at=Now()):
        timeline.record("maturity_template.archived", by=by, template_id=row.pk, name=row.name)


def _check_questions(wanted: Mapping[str, Any]) -> None:
    found = index.problems(wanted.get("questions"))
    if found:
        raise Refused({"questions": found})


def templates() -> list[MaturityTemplate]:
    return list(MaturityTemplate.objects.filter(archived_at=None))


@transaction.atomic
def assess(
    account: Account, template: MaturityTemplate, answers: Mapping[str, int], *, by: User | None, today: dt.date,
    note: str = "", on: dt.date | None = None, now: dt.datetime | None = None,
) -> Assessment:  # fmt: skip
    """The newest day counts; earlier assessments stay as they were."""
    errors: Errors = {f"answers.{key}": [text] for key, text in _wrong(answers, template).items()}
    if template.archived_at is not None:
        errors["template"] = ["This template is no longer asked."]
    if len(note) > 500:
        errors["note"] = ["At most 500 letters."]
    if on is not None and on > today:
        errors["on"] = ["An assessment can't lie in the future."]
    if errors:
        raise Refused(errors)
    when = {} if now is None else {"assessed_at": now}
    row = Assessment.objects.create(
        account=account, template=template, template_number=template.version, questions=template.questions,
        answers=dict(answers), note=note.strip(), score=index.score(answers), level=index.level(answers),
        assessed_on=on or today, assessed_by=by, **when,
    )  # fmt: skip
    timeline.record(
        "maturity.assessed", account=account, by=by, occurred_at=now, level=row.level, score=row.score, note=row.note
    )
    return row


def _wrong(answers: Any, template: MaturityTemplate) -> dict[str, str]:
    return index.wrong_answers(answers, template.questions)


def matrix() -> Matrix:
    """The workspace's own, or the usual, which is not written before somebody changes it."""
    usual = Matrix(
        health_from=index.HEALTH_FROM, maturity_from=index.MATURITY_FROM, cells=index.USUAL_CELLS, version=0
    )  # fmt: skip
    return Matrix.objects.first() or usual


@transaction.atomic
def edit_matrix(values: Mapping[str, Any], *, by: User | None, version: int | None = None) -> Matrix:
    wanted = only(values, ("health_from", "maturity_from", "cells"))
    row = Matrix.objects.select_for_update().first()
    current = row or matrix()
    if version is not None and version != current.version:
        raise Conflict(current)
    for name, value in wanted.items():
        setattr(current, name, value)
    wrong = index.wrong_cells(current.cells)
    if wrong:
        raise Refused({f"cells.{cell}": [text] for cell, text in wrong.items()})
    current.version += 1
    check(current)
    with named_refusals(Matrix):
        current.save()
    timeline.record("maturity_matrix.edited", by=by)
    return current
