"""What maturity tells: kinds of events, and the newest assessment as facts."""

from django.utils.translation import gettext_lazy as _

from accounts.registry import Fact, FactType, Source, declare, of_accounts, of_workspace, source

ASSESSED = (Fact("level", _("Level"), FactType.NUMBER), Fact("score", _("Score"), FactType.NUMBER, unit=_("points")))

of_accounts(_("Maturity"), "maturity")
of_workspace("maturity_template", "maturity_matrix")

declare(
    "maturity.assessed",
    "Maturity assessed",
    "Level {level}, {score} of 100",
    icon="chart-no-axes-column",
    facts=ASSESSED,
)
declare("maturity_template.added", "Maturity template added", "{name} was added", icon="list-checks")
declare("maturity_template.edited", "Maturity template edited", "{name}: changed {changed}", icon="list-checks")
declare("maturity_template.archived", "Maturity template archived", "{name} is no longer asked", icon="archive")
declare("maturity_matrix.edited", "Maturity matrix edited", "What the cells of the matrix mean", icon="grid-2x2")

source(
    Source(
        "maturity",
        (
            Fact("maturity.score", _("Maturity"), FactType.NUMBER, unit=_("points"), dated_by="maturity"),
            Fact("maturity.level", _("Maturity level"), FactType.NUMBER, dated_by="maturity", help=_("1 to 4.")),
            Fact("maturity.assessed_on", _("Maturity assessed"), FactType.DATE),
        ),
        """
        SELECT DISTINCT ON (account_id) account_id, jsonb_build_object('maturity.score', score,
            'maturity.level', level, 'maturity.assessed_on', assessed_on, '@maturity', assessed_on)
        FROM maturity_assessment
        WHERE tenant_id = %(tenant)s AND account_id = ANY(%(ids)s::bigint[])
            AND assessed_on <= %(today)s AND assessed_at <= %(at)s
        ORDER BY account_id, assessed_on DESC, id DESC
        """,
        shaped=True,
    )
)
