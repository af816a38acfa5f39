"""What meetings tells the timeline, and what it knows about an account."""

from django.utils.translation import gettext_lazy as _

from accounts.registry import Fact, FactType, Source, declare, of_accounts, source
from journeys.meetings.models import GoalMet, Kind

KIND = Fact("meeting_kind", _("Kind of meeting"), FactType.CHOICE, choices=tuple(Kind.choices))
ON = Fact("on", _("On"), FactType.DATE)
HELD = (
    Fact("goal_met", _("Goal met"), FactType.CHOICE, choices=tuple(GoalMet.choices)),
    Fact("decisions", _("Decisions"), FactType.NUMBER),
    Fact("next_steps", _("Next steps"), FactType.NUMBER),
    Fact("attended", _("People who attended"), FactType.NUMBER),
)

of_accounts(_("Meetings"), "meeting")

declare(
    "meeting.scheduled",
    "Meeting scheduled",
    "{actor} scheduled “{title}” for {on}",
    icon="calendar-plus",
    facts=[KIND, ON],
)
declare("meeting.edited", "Meeting changed", "“{title}”: changed {changed}", icon="calendar-cog", facts=[KIND])
declare("meeting.moved", "Meeting moved", "{actor} moved “{title}” to {on}", icon="calendar-clock", facts=[KIND, ON])
declare(
    "meeting.cancelled", "Meeting cancelled", "“{title}” won't take place: {reason}", icon="calendar-x", facts=[KIND]
)
declare(
    "meeting.invited",
    "Invitations sent",
    "{actor} invited {count} to “{title}”",
    icon="mail-plus",
    facts=[KIND],
    wording=["count"],
)
declare("meeting.started", "Meeting started", "{actor} started “{title}”", icon="circle-play", facts=[KIND])
declare(
    "meeting.held",
    "Meeting held",
    "“{title}” was held; {outcome}",
    icon="calendar-check",
    touch=True,
    facts=[KIND, *HELD],
    wording=["outcome"],
)
declare("meeting.decided", "Decision made", "Decided in “{title}”: {text}", icon="gavel", facts=[KIND])
declare(
    "meeting.decision_taken_back",
    "Decision taken back",
    "No longer decided in “{title}”: {text}",
    icon="eraser",
    facts=[KIND],
)
declare(
    "meeting.step_agreed",
    "Next step agreed",
    "{what}: {owner}, by {due_on}",
    icon="list-todo",
    facts=[KIND, Fact("due_on", _("Due"), FactType.DATE)],
)
declare("meeting.step_changed", "Next step changed", "{what}: changed {changed}", icon="list-restart", facts=[KIND])
declare("meeting.step_dropped", "Next step dropped", "No longer a next step: {what}", icon="list-x", facts=[KIND])

# A meeting that was cancelled or held only later was still ahead then.
source(
    Source(
        "meeting",
        (
            Fact("meeting.last_on", _("Last meeting"), FactType.DATE),
            Fact("meeting.last_review_on", _("Last review meeting"), FactType.DATE),
            Fact("meeting.next_on", _("Next meeting"), FactType.DATE),
        ),
        """
        SELECT m.account_id, (max(m.ended_at) FILTER (WHERE was_held) AT TIME ZONE %(zone)s)::date,
            (max(m.ended_at) FILTER (WHERE was_held AND m.kind = 'review') AT TIME ZONE %(zone)s)::date,
            (min(m.starts_at) FILTER (WHERE m.starts_at > %(at)s AND m.created_at <= %(at)s AND NOT was_held
                AND (m.cancelled_at IS NULL OR m.cancelled_at > %(at)s)) AT TIME ZONE %(zone)s)::date
        FROM (
            SELECT *, status = 'held' AND ended_at <= %(at)s AS was_held FROM meetings_meeting
            WHERE tenant_id = %(tenant)s AND account_id = ANY(%(ids)s::bigint[])
        ) m GROUP BY m.account_id
        """,
    )
)
