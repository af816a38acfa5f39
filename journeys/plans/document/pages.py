"""The parts of the document in their order: aim, state, impacts, what is asked, the way, people, words, agreements."""

from __future__ import annotations

import datetime as dt

from accounts import formats
from journeys.plans.accent import light
from journeys.plans.document.sheet import GREY, Sheet
from journeys.plans.reader import Impact, SharedPlan, ToDo

SIDES = {"us": "{workspace}", "them": "{account}", "joint": "Together"}
SECOND = 9


def pdf(plan: SharedPlan, accent: str) -> bytes:
    """A4, any number of pages. Some tenths of a second at most, so that a request may wait for it."""
    shade = light(accent).accent
    red, green, blue = (int(shade[at : at + 2], 16) for at in (1, 3, 5))
    sheet = Sheet(f"{plan.account} · {plan.workspace} · {formats.date(plan.as_of)}", (red, green, blue))
    sheet.set_title(f"Joint Impact Plan of {plan.account}")
    sheet.set_author(plan.workspace)
    sheet.set_lang("en-US")
    sheet.add_page()
    for part in (_head, _state, _impacts, _asked, _way, _remarks, _people, _words, _agreements):
        part(sheet, plan)
    return bytes(sheet.output())


def _head(sheet: Sheet, plan: SharedPlan) -> None:
    sheet.write_text(plan.workspace, 10, bold=True, colour=sheet.accent, gap=3)
    sheet.write_text(f"Joint Impact Plan of {plan.account}", 20, bold=True, gap=1)
    marks = [f"As of {formats.date(plan.as_of)}"]
    if plan.audience == "internal":
        marks.append("With everything internal: not for the customer")
    if plan.reader:
        marks.append(f"For {plan.reader.name}")
    if plan.next_review_on:
        marks.append(f"Next review {formats.date(plan.next_review_on)}")
    sheet.write_text(" · ".join(marks), SECOND, colour=GREY, gap=4)
    if plan.north_star:
        sheet.write_text(plan.north_star, 13, gap=2)


def _state(sheet: Sheet, plan: SharedPlan) -> None:
    sheet.heading("Where we are")
    said = [f"{plan.confirmed} of {formats.plural(len(plan.impacts), 'goal')} confirmed"]
    if plan.milestones:
        said.append(f"{plan.milestones_done} of {formats.plural(len(plan.milestones), 'milestone')} done")
    if plan.next:
        due = f" by {formats.date(plan.next.due_on)}" if plan.next.due_on else ""
        said.append(f"next: {plan.next.title}{due}")
    sheet.write_text("; ".join(said))


def _impacts(sheet: Sheet, plan: SharedPlan) -> None:
    if plan.impacts:
        sheet.heading("What we want to reach")
    for impact in plan.impacts:
        if sheet.will_page_break(34):
            sheet.add_page()
        sheet.write_text(impact.title, 11, bold=True, gap=0.5)
        sheet.write_text(_facts(impact), SECOND, colour=GREY)
        if impact.detail:
            sheet.write_text(impact.detail)
        if impact.measurable:
            _course(sheet, impact)
        for line in _proofs(impact):
            sheet.write_text(line, SECOND)
        sheet.ln(3)


def _facts(impact: Impact) -> str:
    owners = " and ".join(name for name in (impact.theirs, impact.ours) if name)
    parts = [impact.kind_label, impact.horizon, f"by {formats.date(impact.due_on)}" if impact.due_on else "", owners]
    if impact.value:
        parts.append(f"worth {impact.value} a year")
    return " · ".join(part for part in parts if part)


def _course(sheet: Sheet, impact: Impact) -> None:
    unit = f" {impact.unit}" if impact.unit else ""
    figures = f"before {impact.before_shown}, now {impact.now_shown}, target {impact.target_shown}{unit}"
    sheet.write_text(f"{impact.metric}: {figures}", gap=1)
    sheet.bar(impact.percent)


def _proofs(impact: Impact) -> list[str]:
    lines = [
        f"{formats.date(each.on)}: {each.shown} {impact.unit} ({each.by})"
        + (f". {each.evidence}" if each.evidence else "")
        for each in impact.readings[-3:]
    ]
    if impact.achieved_on and impact.evidence:
        lines.append(f"Achieved on {formats.date(impact.achieved_on)}: {impact.evidence}")
    if impact.confirmed_by:
        lines.append(f"Confirmed by {impact.confirmed_by} on {formats.date(impact.confirmed_on)}")
    return lines


def _asked(sheet: Sheet, plan: SharedPlan) -> None:
    if not plan.asked:
        return
    sheet.heading(f"What is needed from {plan.account}")
    for todo in plan.asked:
        _line(sheet, todo, plan)


def _way(sheet: Sheet, plan: SharedPlan) -> None:
    rest = [todo for todo in plan.todos if todo not in plan.asked]
    if rest:
        sheet.heading("The way there")
    for todo in rest:
        _line(sheet, todo, plan)


def _line(sheet: Sheet, todo: ToDo, plan: SharedPlan) -> None:
    if sheet.will_page_break(12):
        sheet.add_page()
    side = SIDES[todo.side].format(workspace=plan.workspace, account=plan.account)
    when = f"done {_day(todo.done_on)}" if todo.done_on else f"by {_day(todo.due_on)}" if todo.due_on else "no date yet"
    sheet.box(todo.done_on is not None)
    sheet.pen(10, bold=todo.is_milestone)
    left, sheet.l_margin = sheet.l_margin, sheet.l_margin + 5
    sheet.multi_cell(0, 5, sheet.known(todo.title), align="L", new_x="LMARGIN", new_y="NEXT")
    sheet.write_text(" · ".join(part for part in (when, todo.owner or side) if part), 8.5, colour=GREY)
    sheet.l_margin = left
    sheet.set_x(left)


def _remarks(sheet: Sheet, plan: SharedPlan) -> None:
    if plan.remarks:
        sheet.heading("Challenges and opportunities")
    for remark in plan.remarks:
        state = " (settled)" if remark.settled else ""
        sheet.write_text(f"{remark.label}{state}: {remark.text}", gap=0.5)
        if remark.response:
            sheet.write_text(remark.response, SECOND, colour=GREY, gap=2)


def _people(sheet: Sheet, plan: SharedPlan) -> None:
    sheet.heading("Who works on it")
    for side, people in ((plan.account, plan.their_people), (plan.workspace, plan.our_people)):
        named = "; ".join(", ".join(part for part in (each.name, each.title) if part) for each in people)
        if named:
            sheet.write_text(f"{side}: {named}")


def _words(sheet: Sheet, plan: SharedPlan) -> None:
    if plan.words:
        sheet.heading("Said lately")
    for word in plan.talk[:12]:
        about = f", about “{word.on}”" if word.on else ""
        sheet.write_text(f"{word.who}, {formats.date_time(word.at)}{about}", SECOND, colour=GREY, gap=0.5)
        sheet.write_text(word.body, gap=2)


def _agreements(sheet: Sheet, plan: SharedPlan) -> None:
    if any(version.agreed for version in plan.versions):
        sheet.heading("Agreed")
    for version in plan.versions:
        names = "; ".join(f"{each.name} on {formats.date(each.on)}" for each in version.agreed)
        if names:
            sheet.write_text(f"Version {version.number}: {names}")


def _day(day: dt.date | None) -> str:
    return formats.date(day)
