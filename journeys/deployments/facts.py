"""What deployments tells the timeline, and what it knows about an account."""

from django.utils.translation import gettext_lazy as _

from accounts.registry import Fact, FactType, Source, declare, of_accounts, source
from journeys.deployments.models import Severity, Side, Verdict

ON = Fact("on", _("On"), FactType.DATE)
SIDE = Fact("side", _("Side"), FactType.CHOICE, choices=tuple(Side.choices))
COST = Fact("amount_minor", _("Cost"), FactType.MONEY)
# These are told as people read them.
REVIEW = (
    Fact("verdict", _("Verdict"), FactType.CHOICE, choices=tuple((one.label.lower(), one.label) for one in Verdict)),
    Fact("findings", _("Findings"), FactType.NUMBER),
)
ESCALATION = (
    Fact("severity", _("Severity"), FactType.CHOICE, choices=tuple((one.label, one.label) for one in Severity)),
    Fact("due_on", _("Due"), FactType.DATE),
)

of_accounts(_("Deployments"), "deployment", "activity", "integration", "escalation")

declare(
    "deployment.planned",
    "Deployment planned",
    "“{name}” is planned until {planned_end_on}",
    icon="package-plus",
    facts=[Fact("planned_end_on", _("Planned end"), FactType.DATE)],
)
declare("deployment.edited", "Deployment changed", "“{name}”: changed {changed}", icon="pencil")
declare("deployment.started", "Deployment started", "“{name}” began on {on}", icon="rocket", facts=[ON])
declare("deployment.held", "Deployment on hold", "“{name}” is on hold: {reason}", icon="circle-pause", facts=[ON])
declare("deployment.resumed", "Deployment resumed", "“{name}” goes on since {on}", icon="circle-play", facts=[ON])
declare(
    "deployment.closed",
    "Deployment closed",
    "“{name}” was closed on {on} after {days} days",
    icon="package-check",
    facts=[ON, Fact("days", _("Days it took"), FactType.NUMBER, unit=_("days"))],
)
declare("deployment.cancelled", "Deployment cancelled", "“{name}” was cancelled: {reason}", icon="package-x")
declare(
    "deployment.plan_copied",
    "Plan copied",
    "“{name}” took {count} activities from “{source}”",
    icon="copy",
    facts=[Fact("count", _("Activities"), FactType.NUMBER)],
)
declare(
    "deployment.reported",
    "Status reported",
    "“{name}” as of {as_of}: {summary}",
    icon="clipboard-list",
    facts=[Fact("as_of", _("As of"), FactType.DATE)],
)
declare(
    "deployment.reviewed",
    "Peer-reviewed",
    "“{name}” was reviewed by {reviewer}: {verdict}",
    icon="scan-search",
    facts=REVIEW,
)
declare("deployment.finding_settled", "Finding settled", "“{name}”: settled {text}", icon="check")
declare("deployment.hours_logged", "Hours logged", "{hours} h on “{name}”", icon="timer")
declare("deployment.hours_corrected", "Hours corrected", "{hours} h on “{name}”: {note}", icon="timer-reset")
declare("deployment.cost_noted", "Cost noted", "“{name}”: {what}", icon="receipt", facts=[COST])
declare("deployment.cost_corrected", "Cost corrected", "“{name}”: corrected {what}", icon="receipt", facts=[COST])
declare("activity.added", "Activity planned", "“{title}” in “{name}”", icon="list-plus", facts=[SIDE])
declare("activity.edited", "Activity changed", "“{title}”: changed {changed}", icon="pencil", facts=[SIDE])
declare("activity.done", "Activity done", "Done: “{title}” in “{name}”", icon="check", facts=[SIDE, ON])
declare("activity.reopened", "Activity reopened", "Open again: “{title}” in “{name}”", icon="rotate-ccw", facts=[SIDE])
declare("activity.removed", "Activity taken out", "No longer in “{name}”: {title}", icon="list-x", facts=[SIDE])
declare("integration.added", "Integration planned", "“{integration}” in “{name}”", icon="plug")
declare(
    "integration.completed", "Integration completed", "“{integration}” in “{name}” on {on}", icon="plug-zap", facts=[ON]
)
declare("escalation.raised", "Escalation raised", "{severity}: {what}", icon="siren", facts=ESCALATION)
declare("escalation.edited", "Escalation changed", "“{what}”: changed {changed}", icon="pencil", facts=ESCALATION)
declare("escalation.resolved", "Escalation resolved", "“{what}”: {outcome}", icon="shield-check", facts=ESCALATION)

source(
    Source(
        "deployment",
        (
            Fact("deployment.open", _("Open deployments"), FactType.NUMBER, unit=_("deployments"), absent=0),
            Fact("deployment.late", _("Late deployments"), FactType.NUMBER, unit=_("deployments"), absent=0,
                 help=_("Open past the end that was agreed.")),
            Fact("deployment.on_hold", _("Deployments on hold"), FactType.NUMBER, unit=_("deployments"), absent=0),
            Fact("deployment.escalated", _("Open escalations"), FactType.NUMBER, unit=_("escalations"), absent=0),
            Fact("deployment.end_on", _("Next deployment ends"), FactType.DATE),
        ),
        """
        SELECT d.account_id, count(*), count(*) FILTER (WHERE d.planned_end_on < %(today)s),
            count(*) FILTER (WHERE h.held), sum(e.escalated), min(d.planned_end_on)
        FROM deployments_deployment d
        LEFT JOIN LATERAL (
            SELECT true AS held FROM deployments_hold h WHERE h.tenant_id = %(tenant)s AND h.deployment_id = d.id
                AND h.from_on <= %(today)s AND (h.to_on IS NULL OR h.to_on > %(today)s) LIMIT 1
        ) h ON true
        LEFT JOIN LATERAL (
            SELECT count(*) AS escalated FROM deployments_escalation e
            WHERE e.tenant_id = %(tenant)s AND e.deployment_id = d.id AND e.raised_on <= %(today)s
                AND (e.resolved_on IS NULL OR e.resolved_on > %(today)s)
        ) e ON true
        WHERE d.tenant_id = %(tenant)s AND d.account_id = ANY(%(ids)s::bigint[]) AND d.created_at <= %(at)s
            AND (d.closed_on IS NULL OR d.closed_on > %(today)s)
        GROUP BY d.account_id
        """,
    )
)  # fmt: skip
