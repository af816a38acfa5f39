"""What meetings tells the timeline."""

from accounts.registry import declare

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
