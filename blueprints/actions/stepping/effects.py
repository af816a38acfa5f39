"""What each kind of step does, for one run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from accounts.actions import accounts, many_tasks, ownership
from accounts.actions.many_tasks import NewTask
from accounts.models import Contact, User
from blueprints import rules, texts
from blueprints.actions import deliveries, notices
from blueprints.actions.stepping import calling, mailing, pace
from blueprints.actions.stepping.outcomes import Asking, CantDo, Done, Moment, Outcome, Skipped, Taken, Waiting
from blueprints.actions.stepping.people import LEADER
from blueprints.actions.stepping.plans import has_variables, message, task_due, task_texts
from blueprints.actions.stepping.saying import addressed
from blueprints.actions.stepping.writing import TaskLink, put_links
from blueprints.models import Channel, Delivery, MessageTemplate, Run
from blueprints.steps import RUN_FACTS, Step, kind_of
from blueprints.steps.kinds import CUSTOM, LEAST_LOADED

APPROVED = "approved"
NOT_WANTED = Taken(Skipped("Its condition doesn’t hold."))


def take(step: Step, moment: Moment) -> Outcome:
    return EFFECTS[kind_of(step)](step, moment)


def is_wanted(moment: Moment) -> bool:
    """Whether what the step asks for holds."""
    tree = moment.step.get("when")
    return _is_approved(moment) or not tree or holds(tree, moment)


def holds(tree: Any, moment: Moment) -> bool:
    known = moment.book.known | {fact.name: fact for fact in RUN_FACTS}
    if missing := [name for name in rules.names(tree) if name not in known]:
        raise CantDo(f"“{missing[0]}” is no longer known.")
    return rules.holds(tree, moment.facts(), today=moment.today, known=known)


def new_task(moment: Moment) -> NewTask:
    step = moment.step
    title, detail = task_texts(step, moment.values if has_variables(step) else {})
    owner = moment.staff.owner(moment.owners, step["role"])
    return NewTask(moment.account.pk, title, detail, owner, task_due(step, moment.today, moment.tenant.country))


def _task(step: Step, moment: Moment) -> Outcome:
    ids = many_tasks.give([new_task(moment)], source="play", at=moment.at)
    put_links([TaskLink(moment.run.pk, moment.number)], ids)
    return Done({"task": ids[0]})


def _email(step: Step, moment: Moment) -> Outcome:
    if _is_approved(moment):
        return _approved(moment)
    subject, body = _mail_texts(step)
    present = Contact.objects.filter(account=moment.account, buying_role__in=step["to_roles"]).present()
    contacts = list(present.exclude(email="").order_by("pk"))
    if not contacts:
        raise CantDo("Nobody with one of these roles and an e-mail address is known at this account.")
    drafts: list[dict[str, Any]] = []
    for contact in contacts:
        values = addressed(moment.values, contact)
        said = {"subject": texts.render_line(subject, values), "text": texts.render(body, values)}
        drafts.append({"to": contact.email, "name": contact.name, "contact": contact.pk} | said)
    if not _waits_for_approval(step, moment.run):
        if until := mailing.quiet_until(moment.run.version, moment.tenant, moment.at):
            return Waiting(until)
        return Done({"drafts": drafts, "deliveries": deliveries.mail(moment.run, moment.number, drafts)})
    told = moment.staff.told(moment.owners, "csm") or moment.staff.told(moment.owners, LEADER)
    words = f"{moment.run.play}: an e-mail to {', '.join(draft['name'] for draft in drafts)} waits for your approval."
    notices.tell(told, words, account=moment.account, run=moment.run)
    return Asking({"drafts": drafts})


def _is_approved(moment: Moment) -> bool:
    """A person said yes in quiet hours: what they read is what leaves, though the day's facts are others."""
    return bool(moment.began and moment.began.get(APPROVED))


def _approved(moment: Moment) -> Outcome:
    said = dict(moment.began or {})
    if until := mailing.quiet_until(moment.run.version, moment.tenant, moment.at):
        return Waiting(until, said)
    drafts, gone = mailing.reachable(said["drafts"])
    left_out = said.get("left_out", []) + gone
    sent = deliveries.mail(moment.run, moment.number, drafts)
    return Done({"drafts": drafts, "deliveries": sent} | ({"left_out": left_out} if left_out else {}))


def _mail_texts(step: Step) -> tuple[str, str]:
    if not step.get("template"):
        return step["subject"], step["body"]
    template = MessageTemplate.objects.filter(pk=step["template"]).first()
    if template is None:
        raise CantDo("Its template is gone.")
    return template.subject, template.body


def _waits_for_approval(step: Step, run: Run) -> bool:
    """The step's word counts before the play's; where neither says anything, what a customer would see waits."""
    for said in (step.get("approve"), run.version.guards.get("approve")):
        if said is not None:
            return bool(said)
    return True


def _notice(step: Step, moment: Moment) -> Outcome:
    people = moment.staff.told(moment.owners, step["to"])
    if not people:
        raise CantDo("Nobody here holds this role.")
    made = notices.tell(people, texts.render(step["text"], moment.values), account=moment.account, run=moment.run)
    return Done({"notices": made, "to": people})


def new_wire(moment: Moment) -> Delivery:
    step, run = moment.step, moment.run
    if step["endpoint"] not in moment.book.endpoints:
        raise CantDo("Its endpoint is gone.")
    said = message(step, moment.values, play=run.play, account=moment.account, run_id=run.pk, at=moment.at)
    return Delivery(
        run=run, step=moment.number, account_id=run.account_id, channel=Channel(kind_of(step)),
        endpoint_id=step["endpoint"], payload=said,
    )  # fmt: skip


def _wire(step: Step, moment: Moment) -> Outcome:
    return Done({"delivery": deliveries.wires([new_wire(moment)])[0]})


def _field(step: Step, moment: Moment) -> Outcome:
    path, value = step["path"], step["value"]
    account, name = moment.account, path.removeprefix("account.")
    custom = path.startswith(CUSTOM)
    before = account.custom.get(path.removeprefix(CUSTOM)) if custom else getattr(account, name)
    if before == value:
        return Skipped("The field says so already.", {"field": path, "before": before, "after": value})
    accounts.edit(account, {"custom": {path.removeprefix(CUSTOM): value}} if custom else {name: value}, by=None)
    after = account.custom.get(path.removeprefix(CUSTOM)) if custom else getattr(account, name)
    return Done({"field": path, "before": before, "after": after})


def _hand_over(step: Step, moment: Moment) -> Outcome:
    role, to = step["role"], step["to"]
    person = moment.staff.least_loaded() if to == LEAST_LOADED else to
    if person not in moment.staff.roles:
        raise CantDo("This person no longer works here." if person else "There is no CSM to hand it to.")
    before = getattr(moment.account, f"{role}_id")
    if before == person:
        return Skipped("The account is theirs already.", {"role": role, "before": before, "after": person})
    ownership.assign([moment.account.pk], {role: User.objects.get(pk=person)}, by=None)
    moment.account.refresh_from_db()
    return Done({"role": role, "before": before, "after": person})


def _wait(step: Step, moment: Moment) -> Outcome:
    """Days are over when this is asked again; a condition may hold before its last day."""
    last = _last_day(step, moment)
    if moment.at >= last:
        return Done({"until": last.isoformat(), "held": False} if step.get("until") else {})
    if step.get("until") and holds(step["until"], moment):
        return Done({"until": last.isoformat(), "held": True})
    # A date comes nearer without anything being changed, so it is asked each morning too.
    tomorrow = pace.next_morning(moment.tenant, moment.at)
    return Waiting(min(last, tomorrow) if step.get("until") else last, {"until": last.isoformat()})


def _last_day(step: Step, moment: Moment) -> dt.datetime:
    if moment.began:
        return dt.datetime.fromisoformat(moment.began["until"])
    return pace.morning(moment.tenant, moment.today, step["at_most_days"] if step.get("until") else step["days"])


EFFECTS: dict[str, Callable[[Step, Moment], Outcome]] = {
    "task": _task, "email": _email, "notice": _notice, "slack": _wire, "webhook": _wire, "field": _field,
    "hand_over": _hand_over, "play": calling.call, "wait": _wait,
}  # fmt: skip
