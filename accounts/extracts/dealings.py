"""What was agreed, said, done and earned: contracts, notes, tasks and revenue movements as lists that leave."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, When
from django.db.models.fields.json import KT
from django.db.models.functions import JSONObject
from django.utils.translation import gettext_lazy as _

from accounts.extracts import histories
from accounts.extracts.book import OF_ACCOUNT, of_present
from accounts.extracts.extract import Column, Extract, Row, choice, major, money, plain_column
from accounts.models import ContractLine, Event, Movement, Outcome, Product, RevenueMovement, Task, TaskStatus

# Event kinds of what people wrote, and how imports call them.
NOTE_KINDS = {
    "note.added": "Note", "call.logged": "Call", "email.logged": "E-mail", "meeting.logged": "Meeting",
}  # fmt: skip
OF_CONTRACT = (
    plain_column("Account name", "contract__account__name"),
    plain_column("Account external ID", "contract__account__external_id"),
    plain_column("Contract name", "contract__name"),
    plain_column("Contract external ID", "contract__external_id"),
)


def _lines(archived: bool) -> QuerySet[Any]:
    """One row a product of a term; the first of each tells as well how the contract moved revenue, to the cent."""
    earlier = ContractLine.objects.filter(contract=OuterRef("contract_id"), pk__lt=OuterRef("pk"))
    moved = RevenueMovement.objects.filter(contract=OuterRef("contract_id")).annotate(called=_called())
    told = moved.order_by("effective_on", "pk").values(
        told=JSONObject(on="effective_on", kind="kind", amount="amount_minor", product="called", reason="reason")
    )
    history = Case(When(~Exists(earlier), then=ArraySubquery(told)))
    lines = ContractLine.objects.annotate(called=_called(), moved=history)
    return of_present(lines, archived, "contract__account")


def _called() -> Case:
    """A product is told by its name, or by its code where another is called that."""
    name = OuterRef("product__name")
    twins = Product.objects.filter(Q(name__iexact=name) | Q(code__iexact=name)).exclude(pk=OuterRef("product_id"))
    return Case(When(Exists(twins), then=F("product__code")), default=F("product__name"))


def _renewed(row: Row) -> str:
    """The contract that this one renews: its external id, else its name and first day."""
    name = row["contract__renews__name"]
    return row["contract__renews__external_id"] or (name and f"{name} from {row['contract__renews__start_on']}") or ""


def _history(row: Row) -> str:
    if row["moved"] is None:
        return ""
    currency = row["contract__currency"]
    return histories.written(
        (each["on"], each["kind"], major(each["amount"], currency), each["product"], each["reason"])
        for each in row["moved"]
    )


def _notes(archived: bool) -> QuerySet[Any]:
    notes = Event.objects.filter(kind__in=NOTE_KINDS, account__isnull=False)
    return of_present(notes.annotate(body=KT("facts__body")), archived)


def _tasks(archived: bool) -> QuerySet[Any]:
    """Those of no account among them."""
    return of_present(Task.objects.all(), archived)


CONTRACTS = Extract(
    "contracts",
    _("Contracts"),
    "file-text",
    _lines,
    (
        *OF_CONTRACT,
        plain_column("Product", "called"),
        plain_column("Quantity", "quantity"),
        money("ARR", "amount_minor", "contract__currency"),
        plain_column("Contract currency", "contract__currency"),
        plain_column("Signed on", "contract__signed_on"),
        plain_column("Start on", "contract__start_on"),
        plain_column("End on", "contract__end_on"),
        plain_column("Auto-renew", "contract__auto_renew"),
        plain_column("Notice days", "contract__notice_days"),
        plain_column("Ended on", "contract__ended_on"),
        plain_column("End reason", "contract__end_reason"),
        plain_column("Line from", "start_on"),
        plain_column("Line until", "end_on"),
        Column(
            "Renews contract",
            ("contract__renews__external_id", "contract__renews__name", "contract__renews__start_on"),
            _renewed,
        ),
        Column("ARR history", ("moved", "contract__currency"), _history),
    ),
)
NOTES = Extract(
    "notes",
    _("Notes"),
    "sticky-note",
    _notes,
    (
        *OF_ACCOUNT,
        choice("Note kind", "kind", NOTE_KINDS.items()),
        plain_column("Note text", "body"),
        plain_column("Occurred at", "occurred_at"),
        plain_column("Note author", "actor__email"),
    ),
)
TASKS = Extract(
    "tasks",
    _("Tasks"),
    "square-check",
    _tasks,
    (
        *OF_ACCOUNT,
        plain_column("Task", "title"),
        plain_column("Detail", "detail"),
        plain_column("Assignee", "assignee__email"),
        plain_column("Due on", "due_on"),
        choice("Status", "status", TaskStatus.choices),
        choice("Outcome", "outcome", Outcome.choices),
        plain_column("Outcome note", "outcome_note"),
        plain_column("Snoozed until", "snoozed_until"),
        plain_column("Snooze reason", "snooze_reason"),
        plain_column("Created at", "created_at"),
        plain_column("Created by", "created_by__email"),
        plain_column("Closed at", "closed_at"),
        plain_column("Closed by", "closed_by__email"),
    ),
)
MOVEMENTS = Extract(
    "movements",
    _("Revenue movements"),
    "arrow-up-down",
    lambda archived: of_present(RevenueMovement.objects.all(), archived),
    (
        *OF_ACCOUNT,
        plain_column("Contract name", "contract__name"),
        plain_column("Contract external ID", "contract__external_id"),
        plain_column("Product", "product__name"),
        choice("Movement", "kind", Movement.choices),
        money("Amount", "amount_minor", "currency"),
        plain_column("Currency", "currency"),
        plain_column("Effective on", "effective_on"),
        plain_column("Reason", "reason"),
        plain_column("Recorded at", "recorded_at"),
        plain_column("Recorded by", "recorded_by__email"),
    ),
)
