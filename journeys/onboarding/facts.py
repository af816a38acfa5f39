"""What onboarding tells the timeline."""

from accounts.registry import declare

declare(
    "handoff.opened", "Handoff opened", "{actor} opened the handoff; commitment on {committed_on}", icon="file-pen-line"
)
declare("handoff.submitted", "Handoff submitted", "{actor} handed the account over to {csm}", icon="send")
declare("handoff.edited", "Handoff changed", "{actor} changed {changed}", icon="pencil-line")
declare(
    "handoff.reassigned", "Deal handed on", "{actor} gave the deal from {before} to {after}", icon="user-round-check"
)
declare("handoff.dropped", "Handoff dropped", "{actor} dropped the handoff: {reason}", icon="circle-x")
declare("handoff.returned", "Handoff returned", "{actor} asked back: {asked}", icon="undo-2")
declare(
    "handoff.accepted",
    "Handoff accepted",
    "{actor} accepted the handoff from {rep}; {csm} takes the account",
    icon="handshake",
)
declare("promise.made", "Promise made", "Promised in the sale: {text}", icon="hand")
declare("promise.withdrawn", "Promise withdrawn", "No longer promised: {text}", icon="eraser")
declare("promise.settled", "Promise settled", "{outcome}: {text}", icon="list-checks")
declare("agenda.answered", "Open question answered", "{question}: {answer}", icon="message-circle-question-mark")
declare("kickoff.edited", "Kickoff prepared", "{actor} changed {changed} of the kickoff", icon="pencil-line")
declare("kickoff.held", "Kickoff held", "The kickoff was held on {on}", icon="rocket")
declare("first_impact.defined", "First Impact defined", "First Impact: {definition}", icon="crosshair")
declare(
    "first_impact.reached",
    "First Impact reached",
    "{definition} ({how_label}), {days_from_commit} days from the commitment",
    icon="trophy",
)
declare("first_impact.reopened", "First Impact taken back", "{actor} took it back: not reached yet", icon="rotate-ccw")
declare("onboarding.held", "Onboarding on hold", "On hold until {until}: {reason}", icon="pause")
declare("onboarding.went_on", "Onboarding goes on", "{actor} took it off hold ({reason})", icon="play")
declare("onboarding_target.set", "Onboarding target", "{segment}: {days} days", icon="timer")
declare("onboarding_target.removed", "Onboarding target removed", "{segment}: no target of its own", icon="timer-off")
