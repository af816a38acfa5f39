"""Two admins: the operator's, over tables outside row-level security, and each workspace's, inside its context."""

from accounts import models
from accounts.admin.operator import operator_site
from accounts.admin.sites import ReadOnlyAdmin, register, workspace_site

__all__ = ["ReadOnlyAdmin", "operator_site", "register", "workspace_site"]

register(
    models.Account, models.AccountState, models.Contact, models.Contract, models.ContractLine, models.CustomField,
    models.AccountFacts, models.Event, models.ExternalFact, models.ExternalValue, models.PastFacts, models.Touched,
    models.IdempotencyRecord, models.InboxEntry, models.PhaseChange, models.Product,
    models.RevenueMovement, models.SavedView, models.Task, models.Team, models.TeamMember, models.TouchModel,
)  # fmt: skip
