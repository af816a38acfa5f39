"""What critical events tell the timeline. `who` is one of us, or another system."""

from accounts.registry import declare

declare("critical_event.found", "Critical event found", "{who} found the {noun}: {title}, {day}", icon="calendar-clock")
declare("critical_event.changed", "Critical event changed", "{who} changed {changed} of “{title}”", icon="pencil-line")
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
declare("critical_event.went_dark", "Customer went dark", "No answer since {since}; stories go on", icon="moon")
declare("critical_event.came_back", "Customer is back", "They answered about “{title}”", icon="sun")
