"""What is chosen on the mapping page is kept at once; what somebody else chose meanwhile is shown beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import formats
from accounts.access import MemberRequest
from accounts.actions.errors import Conflict, Refused
from accounts.forms.answers import STALE, TAKEN, WRONG, show_refusal
from accounts.imports.actions import columns as column_rules
from accounts.imports.actions import imports, mappings
from accounts.imports.forms import MappingForm
from accounts.imports.models import Import, SavedMapping

UNDER_A_NAME = ("keep", "replace")


def keep(request: MemberRequest, job: Import, form: MappingForm) -> tuple[Import | None, int]:
    """The import as it is kept and 200; or None and 422 or 409, with the reasons on the form."""
    if not form.is_valid():
        return None, WRONG
    try:
        return _kept(request, job, form, form.seen_version), TAKEN
    except mappings.Taken as taken:
        form.add_error("mapping_name", _there(taken.current))  # type: ignore[arg-type]
        form.taken = True
        return None, STALE
    except Conflict as conflict:
        return _met(request, conflict.current, form)  # type: ignore[arg-type]
    except Refused as refused:
        _keep_the_rest(request, job, form, refused)
        return None, WRONG


def _kept(request: MemberRequest, job: Import, form: MappingForm, version: int | None) -> Import:
    said: dict[str, Any] = {"columns": form.columns, "options": form.options, "version": version}
    do, layout = request.POST.get("do"), form.layout_changed
    if do in UNDER_A_NAME and not layout:
        name = form.cleaned_data["mapping_name"]
        mappings.save(job, name, said | {"format": form.format}, by=request.user, replace=do == "replace")
        return Import.objects.get(pk=job.pk)
    if not layout:
        return imports.map_columns(job, by=request.user, **said, format=form.format)
    # The numbers of the columns are those of the layout that was seen.
    job = imports.map_columns(job, by=request.user, **said)
    return imports.look_again(job, form.format)


def _met(request: MemberRequest, current: Import, form: MappingForm) -> tuple[Import | None, int]:
    """Whoever only says again what stands already, as an own change on its way does, conflicts with nobody."""
    if _says(form, current):
        return keep(request, current, form.at(current.version))
    for name, theirs in _that_differ(form, current):
        form.add_error(name, _("Saved meanwhile: “%(theirs)s”.") % {"theirs": theirs})
    form.add_error(
        None,
        _("Somebody else changed this mapping meanwhile: it stands beside yours. Change it, or try it, to keep yours."),
    )
    form.at(current.version)
    return None, STALE


def _says(form: MappingForm, current: Import) -> bool:
    return (
        form.columns == current.columns
        and _within(form.format, current.format)
        and _within(form.options, current.options)
    )


def _within(said: Mapping[str, Any], current: Mapping[str, Any]) -> bool:
    return all(current.get(name) == value for name, value in said.items())


def _that_differ(form: MappingForm, current: Import) -> list[tuple[str, str]]:
    known = column_rules.paths()
    found = []
    for number in range(len(current.headings)):
        mine, theirs = form.columns.get(str(number), ""), current.columns.get(str(number), "")
        if mine != theirs:
            found.append((f"columns.{number}", known.get(theirs, theirs.rpartition(".")[2]) or _("Leave out")))
    for prefix, said, there in (("format", form.format, current.format), ("options", form.options, current.options)):
        for name, value in said.items():
            if there.get(name) != value:
                found.append((f"{prefix}.{name}", form.named(f"{prefix}.{name}", there.get(name))))
    return found


def _keep_the_rest(request: MemberRequest, job: Import, form: MappingForm, refused: Refused) -> None:
    """What was refused stays on the page with its reason; whatever else was chosen is kept all the same."""
    wrong = {place.removeprefix("columns.") for place in refused.errors if place.startswith("columns.")}
    if len(wrong) == len(refused.errors):
        columns = {number: path for number, path in form.columns.items() if number not in wrong}
        said: dict[str, Any] = {"options": form.options, "version": form.seen_version}
        format = None if form.layout_changed else form.format
        kept = imports.map_columns(job, columns, by=request.user, format=format, **said)
        form.at(kept.version)
    errors = {"mapping_name" if name == "name" else name: said for name, said in refused.errors.items()}
    show_refusal(form, Refused(errors))


def _there(mapping: SavedMapping) -> str:
    """What would be lost."""
    facts = {
        "name": mapping.name,
        "noun": mapping.get_noun_display().lower(),
        "columns": formats.number(sum(bool(path) for path in mapping.columns.values())),
        "day": formats.date(timezone.localtime(mapping.updated_at)),
    }
    return _("“%(name)s” is there already: for %(noun)s, %(columns)s columns mapped, saved on %(day)s.") % facts
