"""What the pages show of a handoff, formatted once: its clock, its answers, how far it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.http import Http404

from accounts import formats
from accounts.access import MemberRequest
from accounts.calendar import business_days_between, local_today
from accounts.models import Tenant
from accounts.roles import Permission, Reach
from journeys.onboarding.forms import AnswerForm
from journeys.onboarding.models import Handoff, HandoffAnswer, HandoffStatus
from journeys.onboarding.models.handoff import HandoffQuerySet
from journeys.onboarding.questions import ALL_STEPS, QUESTIONS, STEP_OF, Question, Step, thin
from journeys.spiced import BY_CODE as LETTERS

NAMED = ("account", "rep", "csm", "opened_by", "submitted_by", "returned_by", "accepted_by", "dropped_by")
TONES = {
    HandoffStatus.DRAFT: "",
    HandoffStatus.SUBMITTED: "accent",
    HandoffStatus.RETURNED: "amber",
    HandoffStatus.ACCEPTED: "green",
    HandoffStatus.DROPPED: "",
}


def visible_handoffs(request: MemberRequest) -> HandoffQuerySet:
    """Every page that names a handoff by id looks it up in here."""
    return Handoff.objects.visible_to(request.membership)


def handoff_or_404(request: MemberRequest, pk: int) -> Handoff:
    found = visible_handoffs(request).with_arr().select_related(*NAMED).filter(pk=pk).first()
    if found is None:
        raise Http404("No such handoff")
    return found


@dataclass(frozen=True)
class Clock:
    """Business days since the commitment, until accepted or dropped; late past what the workspace allows."""

    days: int
    late: bool
    text: str


def clock(handoff: Handoff, tenant: Tenant, today: dt.date) -> Clock:
    ended = handoff.accepted_at or handoff.dropped_at
    until = ended.astimezone(tenant.zone).date() if ended else today
    days = max(0, business_days_between(handoff.committed_on, until, tenant.country))
    over = days - tenant.handoff_due_days
    if ended:
        verb = "dropped" if handoff.is_dropped else "accepted"
        text = f"{verb} after {formats.plural(days, 'business day')}"
    elif over > 0:
        text = f"{formats.plural(over, 'business day')} late"
    else:
        text = "due today" if over == 0 else f"due in {formats.plural(-over, 'business day')}"
    return Clock(days, over > 0, text)


@dataclass(frozen=True)
class Head:
    """The top of every page about one handoff."""

    clock: Clock
    amount: str
    committed: str
    tone: str
    may_write: bool
    may_decide: bool
    may_hold: bool  # give the deal to another rep, or drop it


def holds(request: MemberRequest, handoff: Handoff) -> bool:
    """Who may say that a deal is another's, or over: its rep, and those who see every account and write handoffs."""
    member = request.membership
    return member.may(Permission.HANDOFF_WRITE) and (member.reach is Reach.ALL or handoff.rep_id == member.user_id)


def head_of(request: MemberRequest, handoff: Handoff) -> Head:
    return Head(
        clock=clock(handoff, request.tenant, local_today(request.tenant)),
        amount=formats.money(handoff.arr_minor or None, handoff.account.currency),  # type: ignore[attr-defined]
        committed=formats.date(handoff.committed_on),
        tone=TONES[HandoffStatus(handoff.status)],
        may_write=handoff.with_rep and request.membership.may(Permission.HANDOFF_WRITE),
        may_decide=handoff.waits and request.membership.may(Permission.HANDOFF_DECIDE),
        may_hold=handoff.is_open and holds(request, handoff),
    )


def instant(request: MemberRequest, at: dt.datetime | None) -> str:
    return formats.date_time(at.astimezone(request.tenant.zone)) if at else ""


@dataclass
class Asked:
    """A question with what stands there, and the form to say it."""

    question: Question
    answer: HandoffAnswer
    form: AnswerForm
    warnings: list[str]
    due: str

    @property
    def mark(self) -> str:
        """The letter of SPICED beside it, if it has one."""
        return LETTERS[self.question.letter].mark if self.question.letter else ""

    @property
    def is_open(self) -> bool:
        return not self.answer.said.complete

    @property
    def step(self) -> str:
        return STEP_OF[self.question.code].code


@dataclass(frozen=True)
class StepRow:
    step: Step
    done: bool
    current: bool
    asked_back: bool


@dataclass
class Progress:
    """How far the handoff is: the ring, the steps, what is missing and what is thin."""

    asked: dict[str, Asked]
    current: Step
    missing: list[Question] = field(default_factory=list)
    warnings: list[tuple[Question, str]] = field(default_factory=list)
    steps: list[StepRow] = field(default_factory=list)

    @property
    def total(self) -> int:
        return len(QUESTIONS)

    @property
    def done(self) -> int:
        return self.total - len(self.missing)

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total

    @property
    def in_step(self) -> list[Asked]:
        return [self.asked[question.code] for question in self.current.questions]


def progress(
    answers: Iterable[HandoffAnswer], current: Step, forms: Mapping[str, AnswerForm] | None = None
) -> Progress:
    """One row a question; `forms` are those that came back with something to say."""
    said = {answer.question: answer for answer in answers}
    asked = {q.code: _asked(q, said[q.code], (forms or {}).get(q.code)) for q in QUESTIONS}
    missing = [q for q in QUESTIONS if not said[q.code].said.complete]
    warnings = [(q, text) for q in QUESTIONS for text in asked[q.code].warnings]
    steps = [_step(step, current, said, missing) for step in ALL_STEPS]
    return Progress(asked, current, missing, warnings, steps)


def _asked(question: Question, answer: HandoffAnswer, form: AnswerForm | None) -> Asked:
    form = form or AnswerForm(question=question, answer=answer)
    return Asked(
        question, answer, form, thin(question, answer.said), formats.date(answer.due_on) if answer.due_on else ""
    )


def _step(step: Step, current: Step, said: Mapping[str, HandoffAnswer], missing: list[Question]) -> StepRow:
    return StepRow(
        step,
        done=bool(step.questions) and not any(q in missing for q in step.questions),
        current=step == current,
        asked_back=any(said[q.code].return_reason for q in step.questions),
    )
