"""The rep's form: one screen a question of the checklist, saved as it is typed, in any order."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import MemberRequest, requires
from accounts.actions.errors import Conflict, Refused, refuse
from accounts.calendar import local_today
from accounts.forms.answers import saved_at, show_refusal
from accounts.models import BuyingRole, Contact
from accounts.roles import Permission
from journeys.onboarding.actions import handoffs
from journeys.onboarding.forms import AnswerForm, MarkForm, PersonForm, PromiseForm, SubmitForm
from journeys.onboarding.models import Handoff
from journeys.onboarding.questions import ALL_STEPS, BY_CODE, REVIEW, STEP_BY_CODE, STEP_OF, Step
from journeys.onboarding.views.rows import handoff_or_404, head_of, progress

WANTED = {BuyingRole.CHAMPION: "a champion", BuyingRole.DECIDER: "a decider"}


@require_GET
@requires(Permission.HANDOFF_WRITE)
def handoff_edit(request: MemberRequest, pk: int) -> HttpResponse:
    handoff = handoff_or_404(request, pk)
    if not handoff.with_rep:
        return redirect("onboarding:handoff-detail", handoff.pk)
    step = STEP_BY_CODE.get(request.GET.get("step", ""), ALL_STEPS[0])
    return wizard(request, handoff, step)


@require_http_methods(["GET", "POST"])
@requires(Permission.HANDOFF_WRITE)
def answer_save(request: MemberRequest, pk: int, question: str) -> HttpResponse:
    """422 and 409 come back with what was typed; a stale version shows both texts and overwrites nothing."""
    handoff = handoff_or_404(request, pk)
    if question not in BY_CODE:
        raise Http404("A handoff doesn't ask this")
    if request.method == "GET":
        return redirect(at(handoff, STEP_OF[question]))
    form, step = AnswerForm(request.POST, question=BY_CODE[question]), STEP_OF[question]
    status = 200 if form.is_valid() else 422
    if status == 200:
        try:
            handoffs.answer(handoff, question, by=request.user, version=form.seen_version, **form.values)
        except Conflict as conflict:
            if isinstance(conflict.current, Handoff):
                return _gone(request, conflict.current)
            form.theirs, status = conflict.current, 409  # type: ignore[assignment]
    if status == 200 and not request.htmx:
        return redirect(at(handoff, step))
    return _answered(request, handoff, step, form, status)


@require_http_methods(["GET", "POST"])
@requires(Permission.HANDOFF_WRITE)
def handoff_submit(request: MemberRequest, pk: int) -> HttpResponse:
    handoff = handoff_or_404(request, pk)
    if request.method == "GET":
        return redirect(at(handoff, REVIEW))
    form, status = SubmitForm(request.POST, today=local_today(request.tenant)), 422
    if form.is_valid():
        try:
            _hand_over(request, handoff, form)
            messages.success(request, f"{handoff.account} handed over. It stays on your list until it is accepted.")
            return redirect("onboarding:handoff-detail", handoff.pk)
        except Refused as refused:
            show_refusal(form, refused)
        except Conflict:
            messages.warning(request, "This handoff changed meanwhile. Here it is as it stands now.")
            status = 409
    handoff = handoff_or_404(request, pk)
    if not handoff.with_rep:
        return redirect("onboarding:handoff-detail", handoff.pk)
    return wizard(request, handoff, REVIEW, form=form if status == 422 else None, status=status)


@transaction.atomic
def _hand_over(request: MemberRequest, handoff: Handoff, form: SubmitForm) -> None:
    """Who and when together with the submission: what isn't submitted isn't kept, so the form's version stays good."""
    handoffs.edit(handoff, form.values, by=request.user, version=form.cleaned_data["version"])
    try:
        handoffs.submit(handoff, by=request.user)
    except Refused as refused:
        raise refuse("", f"{len(refused.errors)} questions are still open.") from refused


def wizard(
    request: MemberRequest,
    handoff: Handoff,
    step: Step,
    *,
    answers: dict[str, AnswerForm] | None = None,
    form: SubmitForm | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """One screen of the form, with whatever came back to be corrected."""
    place = ALL_STEPS.index(step)
    people = list(handoff.account.contacts.filter(departed_on=None)) if step.code in ("who", "review") else []
    context = {
        "handoff": handoff,
        "head": head_of(request, handoff),
        "progress": progress(handoff.answers.select_related("updated_by"), step, answers),
        "step": step,
        "before": ALL_STEPS[place - 1] if place else None,
        "after": ALL_STEPS[place + 1] if place + 1 < len(ALL_STEPS) else None,
        "may_add_people": request.membership.may(Permission.CONTACT_EDIT),
    }
    context |= people_of(people) if people or step.code in ("who", "review") else {}
    if step.code in ("risks", "review"):
        context |= {"promises": list(handoff.promises.all()), "promise_form": PromiseForm()}
    if step == REVIEW:
        names = ("csm", "kickoff_on", "committed_on", "version")
        initial = {name: getattr(handoff, name) for name in names}
        context["form"] = form or SubmitForm(initial=initial, today=local_today(request.tenant))
    return render(request, "onboarding/handoff_edit.html", context | more, status=status)


def people_of(people: list[Contact]) -> dict[str, Any]:
    """The people with a form to mark each, and which of the two that every deal has are still unknown."""
    roles = {person.buying_role for person in people}
    return {
        "people": [(person, _mark_form(person)) for person in people],
        "person_form": PersonForm(auto_id="person_%s"),
        "unknown_roles": [label for role, label in WANTED.items() if role not in roles],
    }


def _mark_form(person: Contact) -> MarkForm:
    initial = {"buying_role": person.buying_role, "stance": person.stance, "version": person.version}
    return MarkForm(initial=initial, auto_id=f"mark_{person.pk}_%s")


def _answered(request: MemberRequest, handoff: Handoff, step: Step, form: AnswerForm, status: int) -> HttpResponse:
    """After a save: the new version and how far it is now; otherwise the form with its errors or both texts."""
    if not request.htmx:
        return wizard(request, handoff, step, answers={form.question.code: form}, status=status)
    shown = progress(handoff.answers.select_related("updated_by"), step)
    asked = shown.asked[form.question.code]
    if status != 200:
        asked.form = form
    context = {"handoff": handoff, "progress": shown, "asked": asked, "swapped": True}
    return saved_at(render(request, "onboarding/_answer_state.html", context, status=status), request.tenant)


def _gone(request: MemberRequest, handoff: Handoff) -> HttpResponse:
    """Somebody submitted or accepted while this was being typed."""
    text = "Not saved: the handoff has been handed over meanwhile."
    if request.htmx:
        return render(request, "onboarding/_gone.html", {"handoff": handoff, "text": text}, status=409)
    messages.warning(request, text)
    return redirect("onboarding:handoff-detail", handoff.pk)


def at(handoff: Handoff, step: Step) -> str:
    """Where this screen of the form is."""
    return f"{reverse('onboarding:handoff-edit', args=[handoff.pk])}?step={step.code}"
