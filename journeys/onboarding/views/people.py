"""The people of a deal: added and marked while the handoff is written."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest, requires
from accounts.actions import contacts
from accounts.actions.errors import Conflict
from accounts.forms.answers import attempt
from accounts.roles import Permission
from journeys.onboarding.forms import MarkForm, PersonForm
from journeys.onboarding.models import Handoff
from journeys.onboarding.questions import STEP_BY_CODE
from journeys.onboarding.views.rows import handoff_or_404
from journeys.onboarding.views.wizard import at, people_of, wizard

WHO = STEP_BY_CODE["who"]


@require_http_methods(["GET", "POST"])
@requires(Permission.CONTACT_EDIT)
def person_add(request: MemberRequest, pk: int) -> HttpResponse:
    handoff = handoff_or_404(request, pk)
    if request.method == "GET":
        return redirect(at(handoff, WHO))
    form = PersonForm(request.POST, auto_id="person_%s")
    added, status = attempt(form, lambda: contacts.add(handoff.account, form.cleaned_data, by=request.user))
    if added and not request.htmx:
        return redirect("onboarding:handoff-edit", handoff.pk)
    shown = PersonForm(auto_id="person_%s") if added else form
    if not request.htmx:
        return wizard(request, handoff, WHO, status=status, person_form=shown)
    return _people(request, handoff, shown, status)


@require_http_methods(["GET", "POST"])
@requires(Permission.CONTACT_EDIT)
def person_mark(request: MemberRequest, pk: int, contact: int) -> HttpResponse:
    handoff = handoff_or_404(request, pk)
    person = handoff.account.contacts.filter(pk=contact).first()
    if person is None:
        raise Http404("No such person")
    if request.method == "GET":
        return redirect(at(handoff, WHO))
    form, status = MarkForm(request.POST), 200
    if form.is_valid():
        try:
            contacts.edit(person, form.values, by=request.user, version=form.cleaned_data["version"])
        except Conflict:
            status = 409
            messages.warning(request, f"Somebody else changed {person.name} meanwhile; this is how it stands now.")
    if request.htmx:
        return _people(request, handoff, PersonForm(auto_id="person_%s"), status)
    return redirect("onboarding:handoff-edit", handoff.pk)


def _people(request: MemberRequest, handoff: Handoff, form: PersonForm, status: int) -> HttpResponse:
    people = people_of(list(handoff.account.contacts.filter(departed_on=None)))
    context = people | {"handoff": handoff, "person_form": form, "may_add_people": True, "swapped": True}
    return render(request, "onboarding/_people.html", context, status=status)
