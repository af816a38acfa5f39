"""What onboarding tells the timeline, and what it knows about an account."""

from django.utils.translation import gettext_lazy as _

from accounts.registry import Fact, FactType, Source, declare, of_accounts, of_workspace, source
from journeys.onboarding.models import DEFAULT_DAYS, PromiseKind, PromiseOutcome, ReachedHow

ON = Fact("on", _("On"), FactType.DATE)
NOT_KNOWN = Fact("not_known", _("Answers that nobody knows"), FactType.NUMBER)
SUBMITTED = (
    NOT_KNOWN,
    Fact("statements", _("SPICED statements"), FactType.NUMBER),
    Fact("again", _("Handed over again"), FactType.BOOLEAN),
)
ACCEPTED = (NOT_KNOWN, Fact("red_flags", _("Has red flags"), FactType.BOOLEAN))
PROMISE = Fact("about", _("About"), FactType.CHOICE, choices=tuple(PromiseKind.choices))
SETTLED = Fact(
    "outcome", _("Outcome"), FactType.CHOICE, choices=tuple((one.label, one.label) for one in PromiseOutcome)
)
REACHED = (
    ON,
    Fact("how", _("How it was seen"), FactType.CHOICE, choices=tuple(ReachedHow.choices)),
    Fact("days_from_commit", _("Days from the commitment"), FactType.NUMBER, unit=_("days")),
    Fact("days_from_kickoff", _("Days from the kickoff"), FactType.NUMBER, unit=_("days")),
)

of_accounts(_("Onboarding"), "handoff", "promise", "agenda", "kickoff", "first_impact", "onboarding")
of_workspace("onboarding_target")

declare(
    "handoff.opened",
    "Handoff opened",
    "{actor} opened the handoff; commitment on {committed_on}",
    icon="file-pen-line",
    facts=[Fact("committed_on", _("Committed on"), FactType.DATE)],
)
declare(
    "handoff.submitted", "Handoff submitted", "{actor} handed the account over to {csm}", icon="send", facts=SUBMITTED
)
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
    facts=ACCEPTED,
)
declare("promise.made", "Promise made", "Promised in the sale: {text}", icon="hand", facts=[PROMISE])
declare("promise.withdrawn", "Promise withdrawn", "No longer promised: {text}", icon="eraser", facts=[PROMISE])
declare("promise.settled", "Promise settled", "{outcome}: {text}", icon="list-checks", facts=[PROMISE, SETTLED])
declare("agenda.answered", "Open question answered", "{question}: {answer}", icon="message-circle-question-mark")
declare("kickoff.edited", "Kickoff prepared", "{actor} changed {changed} of the kickoff", icon="pencil-line")
declare("kickoff.held", "Kickoff held", "The kickoff was held on {on}", icon="rocket", facts=[ON])
declare("first_impact.defined", "First Impact defined", "First Impact: {definition}", icon="crosshair")
declare(
    "first_impact.reached",
    "First Impact reached",
    "{definition} ({how_label}), {days_from_commit} days from the commitment",
    icon="trophy",
    facts=REACHED,
    wording=["how_label"],
)
declare("first_impact.reopened", "First Impact taken back", "{actor} took it back: not reached yet", icon="rotate-ccw")
declare(
    "onboarding.held",
    "Onboarding on hold",
    "On hold until {until}: {reason}",
    icon="pause",
    facts=[Fact("from_on", _("On hold from"), FactType.DATE)],
)
declare("onboarding.went_on", "Onboarding goes on", "{actor} took it off hold ({reason})", icon="play")
declare("onboarding_target.set", "Onboarding target", "{segment}: {days} days", icon="timer")
declare("onboarding_target.removed", "Onboarding target removed", "{segment}: no target of its own", icon="timer-off")

# The days that a segment has, else those of all others, else the usual ones.
source(
    Source(
        "onboarding",
        (
            Fact("onboarding.committed_on", _("Committed"), FactType.DATE),
            Fact("onboarding.kickoff_on", _("Kickoff"), FactType.DATE),
            Fact("onboarding.first_impact_on", _("First Impact reached"), FactType.DATE),
            Fact("onboarding.first_impact_due_on", _("First Impact due"), FactType.DATE),
            Fact("onboarding.on_hold", _("Onboarding on hold"), FactType.BOOLEAN, absent=False),
            Fact("onboarding.behind", _("Onboarding behind"), FactType.BOOLEAN, absent=False,
                 help=_("First Impact isn’t reached and was due.")),
        ),
        """
        SELECT DISTINCT ON (j.account_id) j.account_id, f.committed_on,
            CASE WHEN i.kickoff_on <= %(today)s THEN i.kickoff_on END, f.reached_on,
            f.committed_on + target.days, EXISTS (
                SELECT FROM onboarding_onboardinghold h WHERE h.tenant_id = %(tenant)s AND h.journey_id = j.id
                AND h.put_at <= %(at)s AND h.from_on <= %(today)s AND (h.until_on IS NULL OR h.until_on > %(today)s)),
            f.reached_on IS NULL AND f.committed_on + target.days < %(today)s
                AND (j.ended_at IS NULL OR j.ended_at > %(at)s)
                AND CASE WHEN a.phase_since <= %(at)s THEN a.phase ELSE (
                    SELECT c.to_phase FROM accounts_phasechange c WHERE c.tenant_id = %(tenant)s
                    AND c.account_id = a.id AND c.changed_at <= %(at)s ORDER BY c.changed_at DESC, c.id DESC LIMIT 1)
                END IN ('commit', 'onboarding')
        FROM journeys_journey j
        JOIN accounts_account a ON a.tenant_id = %(tenant)s AND a.id = j.account_id
        LEFT JOIN onboarding_firstimpact i ON i.tenant_id = %(tenant)s AND i.journey_id = j.id
        CROSS JOIN LATERAL (SELECT coalesce(i.committed_on, j.committed_on) AS committed_on,
            CASE WHEN i.reached_on <= %(today)s AND i.recorded_at <= %(at)s THEN i.reached_on END AS reached_on) f
        CROSS JOIN LATERAL (SELECT coalesce(
            (SELECT t.days FROM onboarding_onboardingtarget t WHERE t.tenant_id = %(tenant)s AND t.segment <> ''
                AND lower(t.segment) = lower(a.segment) ORDER BY t.id LIMIT 1),
            (SELECT t.days FROM onboarding_onboardingtarget t WHERE t.tenant_id = %(tenant)s AND t.segment = ''),
            %(onboarding_days)s) AS days) target
        WHERE j.tenant_id = %(tenant)s AND j.account_id = ANY(%(ids)s::bigint[]) AND j.began_at <= %(at)s
        ORDER BY j.account_id, j.began_at DESC, j.id DESC
        """,
        params={"onboarding_days": DEFAULT_DAYS},
    )
)  # fmt: skip
