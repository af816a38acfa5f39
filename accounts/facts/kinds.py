"""The kinds of events that accounts tells, each with the sentence that tells it."""

from django.utils.translation import gettext_lazy as _

from accounts.models import BuyingRole, Outcome, Phase, Stance
from accounts.registry import Fact, FactType, declare, of_accounts, of_workspace

ON = Fact("on", _("On"), FactType.DATE)
REASON = Fact("reason", _("Reason"), FactType.TEXT)
OWNED = Fact(
    "role_code", _("Role"), FactType.CHOICE,
    choices=(("csm", _("CSM")), ("ae", _("Account executive")), ("delivery", _("Delivery"))),
)  # fmt: skip
PHASES = (
    Fact("from_phase", _("From phase"), FactType.CHOICE, choices=tuple(Phase.choices)),
    Fact("to_phase", _("To phase"), FactType.CHOICE, choices=tuple(Phase.choices)),
)
CONTACT = (
    Fact("buying_role", _("Buying role"), FactType.CHOICE, choices=tuple(BuyingRole.choices)),
    Fact("stance", _("Stance"), FactType.CHOICE, choices=tuple(Stance.choices)),
    Fact("title", _("Title"), FactType.TEXT),
)
LEFT = (
    Fact("departed_on", _("Left on"), FactType.DATE),
    Fact("moved_to", _("Moved to"), FactType.TEXT),
    Fact("successor", _("Successor"), FactType.TEXT),
)
TERM = (
    Fact("start_on", _("Term starts"), FactType.DATE),
    Fact("end_on", _("Term ends"), FactType.DATE),
    Fact("currency", _("Currency"), FactType.TEXT),
)
AMOUNT = Fact("amount_minor", _("Amount a year, in the contract’s currency"), FactType.MONEY)
CHANGE = Fact("change_minor", _("Change a year, in the contract’s currency"), FactType.MONEY)
DUE = Fact("due_on", _("Due"), FactType.DATE)
UNTIL = Fact("until", _("Until"), FactType.DATE)
OUTCOME = Fact("outcome_code", _("Outcome"), FactType.CHOICE, choices=tuple(Outcome.choices))

of_accounts(_("Account"), "account", "phase")
of_accounts(_("People"), "contact")
of_accounts(_("Contracts"), "contract")
of_accounts(_("Tasks"), "task")
of_accounts(_("Notes and conversations"), "note", "call", "email", "meeting.logged")
of_workspace("product", "custom_field", "external_fact", "touch_model", "workspace", "team", "member", "invitation")
of_workspace("api_key", "data", "portfolio")

declare("account.created", "Account created", "{name} was added", icon="building-2")
declare("account.edited", "Account edited", "Changed: {changed}", icon="pencil")
declare(
    "account.owner_changed",
    "Owner changed",
    "{role} changed from {before} to {after}",
    icon="user-cog",
    facts=[OWNED],
    wording=["role"],
)
declare("account.archived", "Account archived", "{name} was archived", icon="archive")
declare("account.restored", "Account restored", "{name} was restored", icon="archive-restore")
declare(
    "phase.changed",
    "Phase changed",
    "Moved from {before} to {after}",
    icon="milestone",
    facts=PHASES,
    wording=["before", "after"],
)

declare("contact.added", "Contact added", "{name} was added", icon="user-plus", facts=CONTACT)
declare("contact.edited", "Contact edited", "{name}: changed {changed}", icon="user-pen", facts=CONTACT)
declare(
    "contact.departed",
    "Contact departed",
    "{name} left, {where}",
    icon="user-minus",
    facts=[*CONTACT, *LEFT],
    wording=["where"],
)

declare(
    "contract.signed",
    "Contract signed",
    "{name} signed, {amount} a year from {start_on}",
    icon="signature",
    facts=[*TERM, AMOUNT],
    wording=["amount"],
)
declare(
    "contract.renewed",
    "Contract renewed",
    "{name} renewed until {end_on}, {amount} a year",
    icon="refresh-cw",
    facts=[*TERM, AMOUNT],
    wording=["amount"],
)
declare(
    "contract.amended",
    "Contract amended",
    "{name} amended on {on}: {change} a year",
    icon="file-pen",
    facts=[*TERM, ON, CHANGE, REASON],
    wording=["change"],
)
declare("contract.edited", "Contract edited", "{name}: changed {changed}", icon="file-pen", facts=TERM)
declare("contract.ended", "Contract ended", "{name} ends on {on}: {reason}", icon="file-x", facts=[*TERM, ON, CHANGE])

declare("task.created", "Task created", "“{title}” for {assignee}, due {due_on}", icon="square-plus", facts=[DUE])
declare("task.edited", "Task edited", "“{title}”: changed {changed}", icon="square-pen", facts=[DUE])
declare(
    "task.completed",
    "Task completed",
    "“{title}”: {outcome}",
    icon="square-check",
    facts=[DUE, OUTCOME],
    wording=["outcome"],
)
declare("task.dropped", "Task dropped", "“{title}” was dropped: {reason}", icon="square-x", facts=[DUE])
declare("task.reopened", "Task reopened", "“{title}” was opened again", icon="rotate-ccw", facts=[DUE])
declare(
    "task.snoozed", "Task snoozed", "“{title}” sleeps until {until}: {reason}", icon="alarm-clock", facts=[DUE, UNTIL]
)
declare("task.woken", "Task woken", "“{title}” is back in sight", icon="alarm-clock-off", facts=[DUE])
declare("task.reassigned", "Task reassigned", "“{title}” went from {before} to {after}", icon="user-round-check")

declare("note.added", "Note added", "{body}", icon="sticky-note")
declare("call.logged", "Call logged", "{body}", icon="phone", touch=True)
declare("email.logged", "E-mail logged", "{body}", icon="mail", touch=True)
declare("meeting.logged", "Meeting logged", "{body}", icon="calendar-check", touch=True)

declare("product.added", "Product added", "{name} was added", icon="package-plus")
declare("product.edited", "Product edited", "{name}: changed {changed}", icon="package")
declare("custom_field.added", "Custom field added", "{label} was added", icon="text-cursor-input")
declare("custom_field.edited", "Custom field edited", "{label}: changed {changed}", icon="text-cursor-input")
declare("external_fact.defined", "External fact defined", "{label} can be sent as {key}", icon="antenna")
declare("external_fact.edited", "External fact changed", "{label}: changed {changed}", icon="antenna")
declare("touch_model.edited", "Touch model edited", "{name}: changed {changed}", icon="sliders-horizontal")
declare("workspace.created", "Workspace opened", "{name} was opened", icon="sparkles")
declare("workspace.edited", "Workspace edited", "Changed: {changed}", icon="settings")
declare("team.added", "Team added", "{name} was added", icon="users")
declare("team.edited", "Team edited", "{name}: changed {changed}", icon="users")
declare("team.removed", "Team removed", "{name} was removed", icon="users")
declare("team.joined", "Joined a team", "{name} joined {team}", icon="users")
declare("team.left", "Left a team", "{name} left {team}", icon="users")
declare("member.invited", "Person invited", "{email} was invited as {role}", icon="mail-plus")
declare("member.joined", "Person joined", "{name} joined as {role}", icon="user-check")
declare("member.role_changed", "Role changed", "{name} changed from {before} to {after}", icon="user-cog")
declare("member.ended", "Membership ended", "{name} left the workspace", icon="user-x")
declare("invitation.revoked", "Invitation revoked", "The invitation of {email} was revoked", icon="mail-x")
declare("api_key.created", "API key created", "{name} may {scope}", icon="key-round")
declare("api_key.revoked", "API key revoked", "{name} was revoked", icon="key-round")
declare("data.exported", "Data exported", "{name} exported {lists} as {format}", icon="download")
declare("portfolio.exported", "Portfolio exported", "{name} exported the list {asked}", icon="download")
