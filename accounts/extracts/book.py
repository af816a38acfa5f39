"""Who is in the book: accounts, contacts and products as lists that leave."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.extracts.extract import Column, Extract, Row, choice, plain_column
from accounts.models import Account, BuyingRole, Contact, CustomField, Influence, Phase, Product, Stance, Touch

OF_ACCOUNT = (
    plain_column("Account name", "account__name"),
    plain_column("Account external ID", "account__external_id"),
)


def _accounts(archived: bool) -> QuerySet[Any]:
    return Account.objects.all() if archived else Account.objects.present()


def of_present(rows: QuerySet[Any], archived: bool, account: str = "account") -> QuerySet[Any]:
    return rows if archived else rows.filter(**{f"{account}__archived_at": None})


def _own_fields() -> Sequence[Column]:
    """Each under its label, or under its key where that label stands above another column already."""
    taken = {column.heading.casefold() for column in ACCOUNTS.columns}
    columns = []
    for field in CustomField.objects.filter(active=True):
        heading = field.key if field.label.casefold() in taken else field.label
        taken.add(heading.casefold())
        columns.append(Column(heading, ("custom",), partial(_own, field.key)))
    return columns


def _own(key: str, row: Row) -> Any:
    return row["custom"].get(key)


ACCOUNTS = Extract(
    "accounts",
    _("Accounts"),
    "building-2",
    _accounts,
    (
        plain_column("Account name", "name"),
        plain_column("Account external ID", "external_id"),
        plain_column("Domain", "domain"),
        plain_column("Industry", "industry"),
        plain_column("Region", "region"),
        plain_column("Segment", "segment"),
        choice("Touch model", "touch_model", Touch.choices),
        plain_column("Account currency", "currency"),
        plain_column("CSM", "csm__email"),
        plain_column("AE", "ae__email"),
        plain_column("Delivery", "delivery__email"),
        choice("Phase", "phase", Phase.choices),
        Column(
            "Parent account",
            ("parent__external_id", "parent__name"),
            lambda row: row["parent__external_id"] or row["parent__name"],
        ),
        plain_column("Archived at", "archived_at"),
    ),
    _own_fields,
)
CONTACTS = Extract(
    "contacts",
    _("Contacts"),
    "contact-round",
    lambda archived: of_present(Contact.objects.all(), archived),
    (
        *OF_ACCOUNT,
        plain_column("Contact name", "name"),
        plain_column("Contact external ID", "external_id"),
        plain_column("Email", "email"),
        plain_column("Contact phone", "phone"),
        plain_column("Job title", "title"),
        plain_column("Persona", "persona"),
        choice("Buying role", "buying_role", BuyingRole.choices),
        choice("Stance", "stance", Stance.choices),
        choice("Influence", "influence", Influence.choices),
        plain_column("Reports to", "reports_to__name"),
        plain_column("Departed on", "departed_on"),
        plain_column("Moved to", "moved_to"),
        plain_column("Successor", "successor__name"),
    ),
)
PRODUCTS = Extract(
    "products",
    _("Products"),
    "package",
    lambda archived: Product.objects.all(),
    (
        plain_column("Product name", "name"),
        plain_column("Product code", "code"),
        plain_column("Product unit", "unit"),
        plain_column("Recurring", "recurring"),
        plain_column("Product description", "description"),
        plain_column("Active", "active"),
    ),
)
