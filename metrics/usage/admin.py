"""Usage in the workspace's admin, to be read; write keys in the operator's, since they stand outside every tenant."""

from accounts.admin import operator_site, register, workspace_site
from accounts.admin.operator import OperatorAdmin
from accounts.admin.sites import ReadOnlyAdmin
from metrics.usage.models import (
    Arrival,
    Daily,
    Intake,
    Message,
    Metric,
    Origin,
    Refusal,
    UsageEvent,
    WriteKey,
)

register(Arrival, Daily, Intake, Message, Metric, Origin, Refusal)


class UsageEventAdmin(ReadOnlyAdmin):
    list_display = ["name", "type", "person", "account_id", "occurred_at"]


class WriteKeyAdmin(OperatorAdmin):
    list_display = ["name", "tenant", "prefix", "last_used_at", "revoked_at"]
    list_select_related = ["tenant"]
    exclude = ["key_hash"]


workspace_site.register(UsageEvent, UsageEventAdmin)
operator_site.register(WriteKey, WriteKeyAdmin)
