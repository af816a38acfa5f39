"""What critical events tell the timeline and know of an account. `who` is one of us, or another system."""

from django.utils.translation import gettext_lazy as _

from accounts.registry import Fact, FactType, Source, declare, of_accounts, source

CRITICAL = Fact("critical", _("Critical: missing it costs them something"), FactType.BOOLEAN)
DARK = (Fact("since", _("Dark since"), FactType.DATE), Fact("stories", _("Stories to come"), FactType.NUMBER))

of_accounts(_("Critical events"), "critical_event")

declare(
    "critical_event.found",
    "Critical event found",
    "{who} found the {noun}: {title}, {day}",
    icon="calendar-clock",
    facts=[CRITICAL, Fact("day", _("On"), FactType.DATE)],
    wording=["noun"],
)
declare(
    "critical_event.changed",
    "Critical event changed",
    "{who} changed {changed} of “{title}”",
    icon="pencil-line",
    facts=[CRITICAL],
)
declare("critical_event.reached", "Critical event reached", "In time for “{title}”", icon="flag")
declare("critical_event.missed", "Critical event missed", "“{title}” was missed: {consequence}", icon="calendar-x")
declare(
    "critical_event.withdrawn", "Critical event withdrawn", "{who} withdrew “{title}”: {note}", icon="calendar-minus"
)
declare("critical_event.reopened", "Critical event ahead again", "{who} opened “{title}” again", icon="rotate-ccw")
declare("critical_event.answered", "Asked for the event", "{asks} {text}", icon="message-circle-question-mark")
declare("critical_event.step_added", "Timeline step added", "{who} added {step} before “{title}”", icon="list-plus")
declare("critical_event.step_changed", "Timeline step changed", "{who} changed {changed} of {step}", icon="pencil-line")
declare("critical_event.step_started", "Timeline step begun", "{who} began: {step}", icon="play")
declare("critical_event.step_done", "Timeline step done", "{who} did: {step}", icon="circle-check")
declare("critical_event.step_reopened", "Timeline step reopened", "{who} reopened: {step}", icon="rotate-ccw")
declare("critical_event.step_dropped", "Timeline step dropped", "{who} took {step} out of “{title}”", icon="circle-x")
declare("critical_event.step_pushed", "Timeline step in the plan", "{who} put {step} into the plan", icon="map")
declare(
    "critical_event.stakeholder_named", "Stakeholder named", "{name} gains from “{title}”: {gains}", icon="user-plus"
)
declare(
    "critical_event.stakeholder_removed", "Stakeholder removed", "{who} took {name} off the list", icon="user-minus"
)
declare(
    "critical_event.meeting_planned", "Stakeholder meeting", "{who} invited to the timeline of “{title}”", icon="users"
)
declare("critical_event.message_sent", "Timeline sent", "{who} sent the timeline of “{title}”", icon="send", touch=True)
declare(
    "critical_event.went_dark", "Customer went dark", "No answer since {since}; stories go on", icon="moon", facts=DARK
)
declare("critical_event.came_back", "Customer is back", "They answered about “{title}”", icon="sun")

# What was settled later was still ahead then. A step is done where it, its task or its step of the plan is.
LATE = """
SELECT e.account_id, count(*) AS late
FROM critical_events_criticalevent e
JOIN critical_events_timelinestep s ON s.tenant_id = %(tenant)s AND s.event_id = e.id AND s.created_at <= %(at)s
LEFT JOIN accounts_task t ON t.tenant_id = %(tenant)s AND t.id = s.task_id
LEFT JOIN plans_step p ON p.tenant_id = %(tenant)s AND p.id = s.plan_step_id
LEFT JOIN accounts_task pt ON pt.tenant_id = %(tenant)s AND pt.id = p.task_id
WHERE e.tenant_id = %(tenant)s AND e.account_id = ANY(%(ids)s::bigint[]) AND e.created_at <= %(at)s
    AND (e.settled_at IS NULL OR e.settled_at > %(at)s) AND (s.dropped_at IS NULL OR s.dropped_at > %(at)s)
    AND (s.finish_by < %(today)s OR s.start_by < %(today)s AND (s.started_on IS NULL OR s.started_on > %(today)s))
    AND NOT coalesce(t.status = 'done' AND t.closed_at <= %(at)s, false)
    AND NOT coalesce(s.done_at <= %(at)s AND (t.id IS NULL OR t.status <> 'open'), false)
    AND NOT coalesce(pt.status = 'done' AND pt.closed_at <= %(at)s, false)
    AND NOT coalesce(p.done_at <= %(at)s AND (pt.id IS NULL OR pt.status <> 'open'), false)
GROUP BY e.account_id
"""
source(
    Source(
        "critical_event",
        (
            Fact("critical_event.next_on", _("Next critical event"), FactType.DATE),
            Fact("critical_event.late_steps", _("Late steps before critical events"), FactType.NUMBER, unit=_("steps"),
                 absent=0),
            Fact("critical_event.dark_since", _("No answer about an event since"), FactType.DATE),
            Fact("critical_event.last_missed_on", _("Critical event last missed"), FactType.DATE),
        ),
        f"""
        WITH l AS MATERIALIZED ({LATE})
        SELECT e.account_id,
            min(e.happens_on) FILTER (WHERE ahead AND e.consequence <> '' AND e.happens_on >= %(today)s),
            max(l.late), min(e.dark_since) FILTER (WHERE ahead AND e.dark_since <= %(today)s),
            max(e.happens_on) FILTER (WHERE NOT ahead AND e.status = 'missed')
        FROM (
            SELECT *, settled_at IS NULL OR settled_at > %(at)s AS ahead FROM critical_events_criticalevent
            WHERE tenant_id = %(tenant)s AND account_id = ANY(%(ids)s::bigint[]) AND created_at <= %(at)s
        ) e LEFT JOIN l ON l.account_id = e.account_id
        GROUP BY e.account_id
        """,
    )
)  # fmt: skip
