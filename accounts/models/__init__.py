"""The nouns of WHO: tenants and their people, their customers, and what happened to them."""

from accounts.models.account import Account, AccountState, Phase, PhaseChange, Touch
from accounts.models.contact import BuyingRole, Contact, Influence, Stance
from accounts.models.contract import Contract, ContractLine, Movement, Product, RevenueMovement
from accounts.models.event import Event, InboxEntry
from accounts.models.knowledge import AccountFacts, ExternalFact, ExternalType, ExternalValue, PastFacts, Touched
from accounts.models.membership import ApiKey, Invitation, Membership
from accounts.models.task import Outcome, Task, TaskStatus
from accounts.models.team import Team, TeamMember
from accounts.models.tenant import Tenant, TenantWork
from accounts.models.user import User
from accounts.models.workspace import CustomField, FieldType, IdempotencyRecord, SavedView, TouchModel

__all__ = [
    "Account", "AccountFacts", "AccountState", "ApiKey", "BuyingRole", "Contact", "Contract", "ContractLine",
    "CustomField", "Event", "ExternalFact", "ExternalType", "ExternalValue", "FieldType", "IdempotencyRecord",
    "InboxEntry", "Influence", "Invitation", "Membership", "Movement", "Outcome", "PastFacts", "Phase", "PhaseChange",
    "Product", "RevenueMovement", "SavedView", "Stance", "Task", "TaskStatus", "Team", "TeamMember", "Tenant",
    "TenantWork", "Touch", "TouchModel", "Touched", "User",
]  # fmt: skip
