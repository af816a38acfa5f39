"""What the Joint Impact Plan tells the timeline and knows of an account. `who`: one of us, a contact, a system."""

from django.utils.translation import gettext_lazy as _

from accounts.registry import Fact, FactType, Source, declare, of_accounts, of_workspace, source
from journeys.plans.models import Audience, ObjectiveKind, Side, TopicKind

ON = Fact("on", _("On"), FactType.DATE)
NEXT = Fact("next_review_on", _("Next review"), FactType.DATE)
NUMBER = Fact("number", _("Version of the plan"), FactType.NUMBER)
SIGNED = Fact(
    "side", _("Side"), FactType.CHOICE, choices=tuple((each.value, each.label) for each in (Side.US, Side.THEM))
)
OBJECTIVE = Fact("kind", _("Kind of objective"), FactType.CHOICE, choices=tuple(ObjectiveKind.choices))
TOPIC = Fact("kind", _("Kind of topic"), FactType.CHOICE, choices=tuple(TopicKind.choices))
STEP = (
    Fact("side", _("Side"), FactType.CHOICE, choices=tuple(Side.choices)),
    Fact("audience", _("Who may read it"), FactType.CHOICE, choices=tuple(Audience.choices)),
)

of_accounts(_("Impact plan"), "plan", "objective", "impact", "step", "topic", "comment")
of_workspace("plan_template")

declare("plan.drafted", "Impact plan drafted", "{who} drafted the Joint Impact Plan", icon="map")
declare("plan.edited", "Impact plan changed", "{who} changed {changed} of the plan", icon="pencil-line")
declare(
    "plan.agreed",
    "Impact plan agreed",
    "{name} agreed to version {number} of the plan",
    icon="handshake",
    facts=[NUMBER, SIGNED],
)
declare(
    "plan.reviewed", "Impact plan reviewed", "{who} reviewed the plan: {note}", icon="clipboard-check", facts=[ON, NEXT]
)
declare("plan.closed", "Impact plan closed", "{who} closed the plan: {reason}", icon="archive")
declare("objective.added", "Objective added", "{who} added the objective: {title}", icon="target", facts=[OBJECTIVE])
declare(
    "objective.edited",
    "Objective changed",
    "{who} changed {changed} of “{title}”",
    icon="pencil-line",
    facts=[OBJECTIVE],
)
declare(
    "objective.dropped", "Objective dropped", "{who} dropped “{title}”: {reason}", icon="circle-x", facts=[OBJECTIVE]
)
declare(
    "impact.measured",
    "Impact measured",
    "{who} measured {value} {unit} for “{title}”",
    icon="ruler",
    facts=[OBJECTIVE, ON],
)
declare("impact.achieved", "Impact achieved", "{who} reports as achieved: {title}", icon="flag", facts=[OBJECTIVE, ON])
declare(
    "impact.taken_back",
    "Impact taken back",
    "{who} took back as achieved: {title}",
    icon="rotate-ccw",
    facts=[OBJECTIVE],
)
declare("impact.confirmed", "Impact confirmed", "{name} confirmed: {title}", icon="badge-check", facts=[OBJECTIVE, ON])
declare("step.added", "Plan step added", "{who} added to the plan: {title}", icon="list-plus", facts=STEP)
declare("step.edited", "Plan step changed", "{who} changed {changed} of “{title}”", icon="pencil-line", facts=STEP)
declare("step.done", "Plan step done", "{who} did: {title}", icon="circle-check", facts=STEP)
declare("step.reopened", "Plan step reopened", "{who} reopened: {title}", icon="rotate-ccw", facts=STEP)
declare("step.dropped", "Plan step dropped", "{who} dropped from the plan: {title}", icon="circle-x", facts=STEP)
declare(
    "topic.added",
    "Plan topic added",
    "{who} noted {kind_label}: {title}",
    icon="message-square-warning",
    facts=[TOPIC],
    wording=["kind_label"],
)
declare("topic.edited", "Plan topic changed", "{who} changed {changed} of “{title}”", icon="pencil-line", facts=[TOPIC])
declare(
    "topic.settled",
    "Plan topic settled",
    "{who} settled {kind_label}: {title}",
    icon="list-checks",
    facts=[TOPIC],
    wording=["kind_label"],
)
declare(
    "topic.reopened",
    "Plan topic reopened",
    "{who} reopened {kind_label}: {title}",
    icon="rotate-ccw",
    facts=[TOPIC],
    wording=["kind_label"],
)
declare("comment.said", "Comment on the plan", "{who}: {body}", icon="message-circle")
declare("plan_template.added", "Plan template added", "{who} added the plan template {name}", icon="file-plus")
declare("plan_template.edited", "Plan template changed", "{who} changed the plan template {name}", icon="file-pen-line")
declare("plan_template.retired", "Plan template retired", "{who} retired the plan template {name}", icon="archive")
declare("plan_template.restored", "Plan template back", "{who} put the template {name} back", icon="archive-restore")
declare("plan.shared", "Impact plan shared", "{who} shared the plan with {name}", icon="share-2")
declare("plan.link_revoked", "Link ended", "{who} ended the link of {name} to the plan", icon="ban")
declare("plan.link_renewed", "Link renewed", "{who} renewed the link of {name} until {until}", icon="refresh-cw")
declare("plan.link_unmailed", "Link not mailed", "No mail server took the link for {name}", icon="mail-x")
declare(
    "plan.link_closed", "Link closed", "Too many wrong codes: the link of {name} is closed, send another", icon="ban"
)
declare("plan.first_visited", "First visit to the plan", "{name} opened the shared plan for the first time", icon="eye")
declare("plan.visited", "Visit to the plan", "{name} opened the shared plan", icon="eye")

# Each objective as it stood then: dropped by the last change of its row, reached by its day, agreed or not yet written.
OBJECTIVES = """
SELECT p.account_id, count(o.id) AS standing,
    count(o.id) FILTER (WHERE o.due_on < %(today)s AND (o.achieved_on IS NULL OR o.achieved_on > %(today)s)) AS overdue,
    count(o.id) FILTER (WHERE o.status = 'confirmed' AND EXISTS (SELECT FROM plans_confirmation c
        WHERE c.tenant_id = %(tenant)s AND c.objective_id = o.id AND c.confirmed_at <= %(at)s)) AS confirmed
FROM plans_plan p JOIN plans_objective o ON o.tenant_id = %(tenant)s AND o.plan_id = p.id AND o.created_at <= %(at)s
WHERE p.tenant_id = %(tenant)s AND p.account_id = ANY(%(ids)s::bigint[]) AND p.created_at <= %(at)s
    AND (p.closed_at IS NULL OR p.closed_at > %(at)s) AND NOT (o.status = 'dropped' AND o.updated_at <= %(at)s)
GROUP BY p.account_id
"""
STEPS = """
SELECT p.account_id, count(*) AS overdue
FROM plans_plan p JOIN plans_step s ON s.tenant_id = %(tenant)s AND s.plan_id = p.id AND s.created_at <= %(at)s
LEFT JOIN accounts_task t ON t.tenant_id = %(tenant)s AND t.id = s.task_id
WHERE p.tenant_id = %(tenant)s AND p.account_id = ANY(%(ids)s::bigint[]) AND p.created_at <= %(at)s
    AND (p.closed_at IS NULL OR p.closed_at > %(at)s) AND s.due_on < %(today)s
    AND (s.dropped_at IS NULL OR s.dropped_at > %(at)s)
    AND NOT coalesce(t.status = 'done' AND t.closed_at <= %(at)s
        OR s.done_at <= %(at)s AND (t.id IS NULL OR t.status <> 'open'), false)
GROUP BY p.account_id
"""
# What the customer did there: a closed plan remembers as well.
SAID = """
SELECT p.account_id, max(c.confirmed_at) AS confirmed_at, max(v.visited_at) AS visited_at, bool_or(v.live) AS shared,
    greatest(max(w.said_at), max(c.their_word_at)) AS wrote_at,
    max(p.reviewed_on) FILTER (WHERE p.reviewed_on <= %(today)s) AS reviewed_on
FROM plans_plan p
LEFT JOIN LATERAL (
    SELECT max(y.confirmed_at) AS confirmed_at, max(y.confirmed_at) FILTER (WHERE y.recorded_by_id IS NULL)
        AS their_word_at
    FROM plans_objective o JOIN plans_confirmation y ON y.tenant_id = %(tenant)s AND y.objective_id = o.id
    WHERE o.tenant_id = %(tenant)s AND o.plan_id = p.id AND y.confirmed_at <= %(at)s
) c ON true
LEFT JOIN LATERAL (
    SELECT max(l.last_visit_at) FILTER (WHERE l.last_visit_at <= %(at)s) AS visited_at,
        bool_or((p.closed_at IS NULL OR p.closed_at > %(at)s) AND l.created_at <= %(at)s AND l.expires_at > %(at)s
            AND (l.revoked_at IS NULL OR l.revoked_at > %(at)s)) AS live
    FROM plans_sharedlink l WHERE l.tenant_id = %(tenant)s AND l.plan_id = p.id
) v ON true
LEFT JOIN LATERAL (
    SELECT max(m.said_at) AS said_at FROM plans_comment m
    WHERE m.tenant_id = %(tenant)s AND m.plan_id = p.id AND m.contact_id IS NOT NULL AND m.said_at <= %(at)s
) w ON true
WHERE p.tenant_id = %(tenant)s AND p.account_id = ANY(%(ids)s::bigint[]) AND p.created_at <= %(at)s
GROUP BY p.account_id
"""
source(
    Source(
        "plan",
        (
            Fact("plan.open", _("Has an open impact plan"), FactType.BOOLEAN, absent=False),
            Fact("plan.agreed", _("Plan agreed"), FactType.BOOLEAN, absent=False),
            Fact("plan.objectives", _("Objectives"), FactType.NUMBER, unit=_("objectives"), absent=0),
            Fact("plan.objectives_on_track", _("Objectives on track"), FactType.NUMBER, unit=_("objectives"), absent=0,
                 help=_("Reached, or not due yet.")),
            Fact("plan.objectives_overdue", _("Objectives overdue"), FactType.NUMBER, unit=_("objectives"), absent=0),
            Fact("plan.objectives_confirmed", _("Objectives confirmed"), FactType.NUMBER, unit=_("objectives"),
                 absent=0),
            Fact("plan.steps_overdue", _("Plan steps overdue"), FactType.NUMBER, unit=_("steps"), absent=0),
            Fact("plan.impact_confirmed_on", _("Impact last confirmed"), FactType.DATE),
            Fact("plan.last_review_on", _("Plan last reviewed"), FactType.DATE),
            Fact("plan.next_review_on", _("Next review of the plan"), FactType.DATE),
            Fact("plan.shared", _("Plan shared with the customer"), FactType.BOOLEAN, absent=False),
            Fact("plan.customer_visited_on", _("Customer last opened the plan"), FactType.DATE),
            Fact("plan.customer_wrote_on", _("Customer last wrote in the plan"), FactType.DATE),
        ),
        f"""
        WITH o AS MATERIALIZED ({OBJECTIVES}), s AS MATERIALIZED ({STEPS}), w AS MATERIALIZED ({SAID})
        SELECT a.id, p.id IS NOT NULL, p.status = 'running' AND EXISTS (SELECT FROM plans_planversion n
                JOIN plans_agreement g ON g.tenant_id = %(tenant)s AND g.plan_version_id = n.id
                WHERE n.tenant_id = %(tenant)s AND n.plan_id = p.id AND g.agreed_at <= %(at)s),
            o.standing, o.standing - o.overdue, o.overdue, o.confirmed, s.overdue,
            (w.confirmed_at AT TIME ZONE %(zone)s)::date, w.reviewed_on, p.next_review_on, w.shared,
            (w.visited_at AT TIME ZONE %(zone)s)::date, (w.wrote_at AT TIME ZONE %(zone)s)::date
        FROM unnest(%(ids)s::bigint[]) a(id)
        LEFT JOIN plans_plan p ON p.tenant_id = %(tenant)s AND p.account_id = a.id AND p.created_at <= %(at)s
            AND p.status <> 'closed'
        LEFT JOIN o ON o.account_id = a.id
        LEFT JOIN s ON s.account_id = a.id
        LEFT JOIN w ON w.account_id = a.id
        """,
    )
)  # fmt: skip
