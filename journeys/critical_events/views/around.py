"""Around an event: questions and answers, those who gain, the meeting, the message, stories for the silent."""

from __future__ import annotations

from urllib.parse import quote

from django.contrib import messages as notices
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest, account_or_404, requires, visible_accounts
from accounts.calendar import add_business_days, local_today
from accounts.forms.answers import attempt
from accounts.models import Contact
from accounts.roles import Permission
from accounts.views.header import header
from journeys.critical_events import examples
from journeys.critical_events.actions import answers, messages, nurtures, stakeholders
from journeys.critical_events.forms import AnswerForm, DarkForm, InviteForm, MessageForm, StakeholderForm
from journeys.critical_events.models import CriticalEvent
from journeys.critical_events.timelines import lay_out, message_of, steps_of
from journeys.critical_events.views.finding import event_or_404, stakeholder_or_404
from journeys.critical_events.views.saving import Doing, at, of_account, press, save

PEOPLE = "people"


@require_http_methods(["GET", "POST"])
@requires(Permission.SPICED_WRITE)
def answer_add(request: MemberRequest, pk: int) -> HttpResponse:
    """?question= opens the form at one of them."""
    account = account_or_404(request, pk)
    first = {"question": request.GET.get("question", ""), "on": local_today(request.tenant)}
    form = AnswerForm(request.POST or None, account=account, initial=first)
    doing = Doing(_("What they said"), _("Keep the answer"), _("Kept. Earlier answers stay readable on the timeline."))

    def act() -> object:
        said = form.cleaned_data
        return answers.say(account, by=request.user, **said)

    return save(request, account, form, act, doing, of_account(account))


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def stakeholder_add(request: MemberRequest, pk: int) -> HttpResponse:
    event = event_or_404(request, pk)
    form = StakeholderForm(request.POST or None, account=event.account)
    doing = Doing(_("Who gains from being in time?"), _("Add them"), _("On the list."))

    def act() -> object:
        return stakeholders.name(event, form.values["contact"], form.values["gains"], by=request.user)

    return save(request, event.account, form, act, doing, at(event, PEOPLE))


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def stakeholder_edit(request: MemberRequest, pk: int) -> HttpResponse:
    row = stakeholder_or_404(request, pk)
    form = StakeholderForm(request.POST or None, account=row.event.account, row=row)
    doing = Doing(_("What %s gains") % row.contact.name, _("Save"), _("Saved."))

    def act() -> object:
        return stakeholders.edit(row, form.values["gains"], by=request.user, version=form.seen_version)

    return save(request, row.event.account, form, act, doing, at(row.event, PEOPLE))


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def stakeholder_remove(request: MemberRequest, pk: int) -> HttpResponse:
    row = stakeholder_or_404(request, pk)
    return press(request, lambda: stakeholders.remove(row, by=request.user), _("Off the list."), at(row.event, PEOPLE))


@require_http_methods(["GET", "POST"])
@requires(Permission.MEETING_EDIT)
def meeting_invite(request: MemberRequest, pk: int) -> HttpResponse:
    event = event_or_404(request, pk)
    day = add_business_days(local_today(request.tenant), 3, event.country)
    form = InviteForm(request.POST or None, initial={"on": day})
    doing = Doing(
        _("Stakeholder meeting"), _("Plan the meeting"), _("Planned. Send the invitations from the meeting’s page."),
        _("With all who gain. On the agenda: present the timeline, last step first."),
    )  # fmt: skip

    def act() -> object:
        return stakeholders.invite(event, form.times(request.tenant.zone), by=request.user)

    return save(request, event.account, form, act, doing, at(event, PEOPLE))


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def message_write(request: MemberRequest, pk: int) -> HttpResponse:
    """The text is computed, and may be changed before it goes out; sending it is done elsewhere and kept here."""
    event = event_or_404(request, pk)
    to = _reader(event, request.GET.get("to", ""))
    subject, text = _text(request, event, to)
    form = MessageForm(
        request.POST or None, account=event.account, initial={"to": to, "subject": subject, "text": text}
    )
    status = 200
    if request.method == "POST":
        _done, status = attempt(form, lambda: messages.sent(event, by=request.user, **form.cleaned_data))
        if status == 200:
            notices.success(request, _("Kept on the timeline as sent."))
            return redirect(at(event))
    mailto = f"mailto:{quote(to.email if to else '')}?subject={quote(subject)}&body={quote(text)}"
    context = {"event": event, "form": form, "mailto": mailto, "back": at(event), "address": to.email if to else ""}
    return render(request, "critical_events/message.html", header(request, event.account) | context, status=status)


def _reader(event: CriticalEvent, said: str) -> Contact | None:
    """Whoever was asked for, else whose words the consequence is in."""
    there = Contact.objects.present().filter(account=event.account_id)
    if said.isascii() and said.isdigit() and len(said) < 19:
        return there.filter(pk=int(said)).first()
    return there.filter(pk=event.said_by_id).first() if event.said_by_id else None


def _text(request: MemberRequest, event: CriticalEvent, to: Contact | None) -> tuple[str, str]:
    layout = lay_out(event, steps_of(event), local_today(request.tenant))
    first_name = to.name.split()[0] if to else ""
    return message_of(layout, to=first_name, sender=request.user.name, us=request.tenant.name)


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def dark_begin(request: MemberRequest, pk: int) -> HttpResponse:
    event = event_or_404(request, pk)
    found = examples.of(event.account, visible_accounts(request)) if request.method == "GET" else []
    titles = [f"{one.name}: {one.confirmed or one.reached}" for one in found]
    first = {"since": local_today(request.tenant), "items": "\n".join(titles)}
    form = DarkForm(request.POST or None, initial=first)
    doing = Doing(
        _("They have gone dark"), _("Send stories"), _("The first story is among the CSM’s tasks."),
        _("Silence is nobody’s fault. Keep telling what others reached until there is a word from them."),
    )  # fmt: skip

    def act() -> object:
        said = form.cleaned_data
        titles = said["items"].splitlines()
        return nurtures.begin(event, titles, every_days=said["every_days"], since=said["since"], by=request.user)

    return save(request, event.account, form, act, doing, at(event, "stories"))


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def dark_end(request: MemberRequest, pk: int) -> HttpResponse:
    event = event_or_404(request, pk)
    done = _("Good. No more stories go out.")
    return press(request, lambda: nurtures.end(event, by=request.user, answered=True), done, at(event))
