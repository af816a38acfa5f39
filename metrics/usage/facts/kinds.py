"""What usage tells the timeline."""

from django.utils.translation import gettext_lazy as _

from accounts.registry import Fact, FactType, declare, of_accounts, of_workspace

SEEN = (Fact("times", _("Times"), FactType.NUMBER), Fact("users", _("People"), FactType.NUMBER))

of_accounts(_("Usage"), "usage", "usage_origin.matched", "usage_origin.moved")
of_workspace("usage_origin", "usage_metric", "usage_intake", "write_key")

declare(
    "usage.criterion_met",
    "First Impact seen in usage",
    "“{event}” {times} times by {users} people",
    icon="activity",
    facts=SEEN,
)
declare("usage_origin.matched", "Usage matched", "Usage of {name} counts for this account", icon="link")
declare("usage_origin.moved", "Usage moved", "Usage of {name} counts for {to} now", icon="arrow-right-left")
declare("usage_origin.ignored", "Usage ignored", "Usage of {name} counts for nobody", icon="unlink")
declare("usage_origin.reopened", "Usage waits again", "Usage of {name} waits for an account", icon="rotate-ccw")
declare("usage_metric.added", "Metric added", "{name} is counted", icon="chart-line")
declare("usage_metric.edited", "Metric edited", "{name}: changed {changed}", icon="chart-line")
declare("usage_metric.recounted", "Metric counted anew", "{name} is counted anew from {since}", icon="refresh-cw")
declare("usage_intake.edited", "Usage settings edited", "Raw events stay for {months} months", icon="archive")
declare("write_key.created", "Write key created", "{name} lets usage in", icon="key-round")
declare("write_key.revoked", "Write key revoked", "{name} was revoked", icon="key-round")
