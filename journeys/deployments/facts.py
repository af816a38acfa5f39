"""What deployments tells the timeline, and what it knows about an account."""

from django.utils.translation import gettext_lazy as _

from accounts.registry import Fact, FactType, Source, declare, source

declare("deployment.planned", "Deployment planned", "“{name}” is planned until {planned_end_on}", icon="package-plus")
declare("deployment.edited", "Deployment changed", "“{name}”: changed {changed}", icon="pencil")
declare("deployment.started", "Deployment started", "“{name}” began on {on}", icon="rocket")
declare("deployment.held", "Deployment on hold", "“{name}” is on hold: {reason}", icon="circle-pause")
declare("deployment.resumed", "Deployment resumed", "“{name}” goes on since {on}", icon="circle-play")
declare("deployment.closed", "Deployment closed", "“{name}” was closed on {on} after {days} days", icon="package-check")
declare("deployment.cancelled", "Deployment cancelled", "“{name}” was cancelled: {reason}", icon="package-x")
declare("deployment.plan_copied", "Plan copied", "“{name}” took {count} activities from “{source}”", icon="copy")
declare("deployment.reported", "Status reported", "“{name}” as of {as_of}: {summary}", icon="clipboard-list")
declare("deployment.reviewed", "Peer-reviewed", "“{name}” was reviewed by {reviewer}: {verdict}", icon="scan-search")
declare("deployment.finding_settled", "Finding settled", "“{name}”: settled {text}", icon="check")
declare("deployment.hours_logged", "Hours logged", "{hours} h on “{name}”", icon="timer")
declare("deployment.hours_corrected", "Hours corrected", "{hours} h on “{name}”: {note}", icon="timer-reset")
declare("deployment.cost_noted", "Cost noted", "“{name}”: {what}", icon="receipt")
declare("deployment.cost_corrected", "Cost corrected", "“{name}”: corrected {what}", icon="receipt")
declare("activity.added", "Activity planned", "“{title}” in “{name}”", icon="list-plus")
declare("activity.edited", "Activity changed", "“{title}”: changed {changed}", icon="pencil")
declare("activity.done", "Activity done", "Done: “{title}” in “{name}”", icon="check")
declare("activity.reopened", "Activity reopened", "Open again: “{title}” in “{name}”", icon="rotate-ccw")
declare("activity.removed", "Activity taken out", "No longer in “{name}”: {title}", icon="list-x")
declare("integration.added", "Integration planned", "“{integration}” in “{name}”", icon="plug")
declare("integration.completed", "Integration completed", "“{integration}” in “{name}” on {on}", icon="plug-zap")
declare("escalation.raised", "Escalation raised", "{severity}: {what}", icon="siren")
declare("escalation.edited", "Escalation changed", "“{what}”: changed {changed}", icon="pencil")
declare("escalation.resolved", "Escalation resolved", "“{what}”: {outcome}", icon="shield-check")

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
