"""What meetings tells the timeline, and what it knows about an account."""

from django.utils.translation import gettext_lazy as _

from accounts.registry import Fact, FactType, Source, declare, source

declare("meeting.scheduled", "Meeting scheduled", "{actor} scheduled “{title}” for {on}", icon="calendar-plus")
declare("meeting.edited", "Meeting changed", "“{title}”: changed {changed}", icon="calendar-cog")
declare("meeting.moved", "Meeting moved", "{actor} moved “{title}” to {on}", icon="calendar-clock")
declare("meeting.cancelled", "Meeting cancelled", "“{title}” won't take place: {reason}", icon="calendar-x")
declare("meeting.invited", "Invitations sent", "{actor} invited {count} to “{title}”", icon="mail-plus")
declare("meeting.started", "Meeting started", "{actor} started “{title}”", icon="circle-play")
declare("meeting.held", "Meeting held", "“{title}” was held; {outcome}", icon="calendar-check", touch=True)
declare("meeting.decided", "Decision made", "Decided in “{title}”: {text}", icon="gavel")
declare("meeting.decision_taken_back", "Decision taken back", "No longer decided in “{title}”: {text}", icon="eraser")
declare("meeting.step_agreed", "Next step agreed", "{what}: {owner}, by {due_on}", icon="list-todo")
declare("meeting.step_changed", "Next step changed", "{what}: changed {changed}", icon="list-restart")
declare("meeting.step_dropped", "Next step dropped", "No longer a next step: {what}", icon="list-x")

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
