"""What was agreed and said: the fields of contracts and notes."""

from __future__ import annotations

from accounts.imports.fields.choices import NOTE_KINDS
from accounts.imports.fields.field import Field

CONTRACT = (
    Field(
        "contract.name", "Contract: name", "text", longest=160, clearable=False,
        synonyms=(
            "contract name", "opportunity name", "deal name", "deal", "opportunity", "subscription name", "contract",
        ),
        own=("name",),
    ),
    Field(
        "contract.external_id", "Contract: external id", "text", longest=120,
        synonyms=(
            "contract id", "contract external id", "opportunity id", "deal id", "contract number", "subscription id",
            "order number", "opportunity id 18",
        ),
        own=("external id", "record id", "id"),
    ),
    Field(
        "contract.product", "Contract: product", "product", longest=120, clearable=False,
        synonyms=(
            "contract product", "subscribed product", "product name", "product", "plan", "package", "line item",
            "associated line item",
        ),
    ),
    Field(
        "contract.quantity", "Contract: quantity", "integer", clearable=False,
        synonyms=("quantity", "seats", "licenses", "licences", "number of seats", "number of licenses", "menge"),
    ),
    Field(
        "contract.arr", "Contract: ARR", "money", clearable=False,
        synonyms=(
            "arr", "annual recurring revenue", "annual contract value", "acv", "annual value", "yearly value",
            "arr converted", "current arr", "annual amount", "jahreswert",
        ),
    ),
    Field(
        "contract.total", "Contract: value of the whole term", "money", clearable=False,
        synonyms=(
            "total contract value", "tcv", "contract value", "contract amount", "deal amount", "opportunity amount",
            "auftragswert",
        ),
        own=("amount", "amount converted", "total price", "total amount", "value", "amount in company currency"),
    ),
    Field(
        "contract.currency", "Contract: currency", "currency", clearable=False,
        synonyms=(
            "contract currency", "deal currency", "deal currency code", "opportunity currency", "amount currency",
            "arr currency",
        ),
        own=("currency", "currency iso code", "currency code"),
    ),
    Field(
        "contract.signed_on", "Contract: signed on", "date", clearable=False,
        synonyms=(
            "signed on", "contract signed on", "close date", "closed date", "contract signed date",
            "customer signed date", "signature date", "closed won date",
        ),
    ),
    Field(
        "contract.start_on", "Contract: starts on", "date", clearable=False,
        synonyms=(
            "contract start date", "contract start", "subscription start date", "subscription start", "start date",
            "starts on", "start on", "service start date", "term start date", "effective date", "vertragsbeginn",
        ),
        own=("start", "begin", "from", "beginn"),
    ),
    Field(
        "contract.end_on", "Contract: renews on (first day after the term)", "date", clearable=False,
        synonyms=(
            "renews on", "renewal date", "contract renewal date", "renewal", "next renewal date", "renewal on",
            "end on", "verlangerung",
        ),
        own=("end", "until", "to", "ende"),
    ),
    Field(
        "contract.last_day", "Contract: last day of the term", "date", clearable=False,
        synonyms=(
            "contract end date", "contract end", "end date", "subscription end date", "subscription end",
            "expiration date", "expiry date", "term end date", "service end date", "expires on", "last day",
            "vertragsende",
        ),
    ),
    Field(
        "contract.term_months", "Contract: term in months", "integer", clearable=False,
        synonyms=(
            "contract term months", "contract term", "term months", "term in months", "term", "subscription term",
            "term length months", "contract length months", "laufzeit",
        ),
    ),
    Field(
        "contract.auto_renew", "Contract: renews by itself", "bool", clearable=False,
        synonyms=(
            "auto renew", "auto renewal", "auto renews", "autorenew", "renews by itself", "automatic renewal",
        ),
    ),
    Field(
        "contract.notice_days", "Contract: days of notice", "integer", clearable=False,
        synonyms=(
            "notice days", "notice period days", "days of notice", "notice period", "cancellation notice days",
            "owner expiration notice",
        ),
    ),
    Field(
        "contract.ended_on", "Contract: ended on", "date", clearable=False,
        synonyms=(
            "ended on", "churn date", "churned on", "cancellation date", "cancelled on", "termination date",
            "canceled on",
        ),
    ),
    Field(
        "contract.end_reason", "Contract: reason of its end", "text", longest=200,
        synonyms=("end reason", "churn reason", "cancellation reason", "reason for churn", "termination reason"),
    ),
    Field(
        "contract.line_from", "Contract: product agreed from", "date", clearable=False,
        synonyms=("line from", "line start", "line start date", "product start date"),
    ),
    Field(
        "contract.line_until", "Contract: product agreed until", "date", clearable=False,
        synonyms=("line until", "line end", "line end date", "product end date"),
    ),
    Field(
        "contract.renews", "Contract: renews which (external id)", "text", longest=300, clearable=False,
        synonyms=("renews contract", "renewal of", "previous contract", "renewed contract id"),
    ),
    Field(
        "contract.movements", "Contract: history of its ARR, as exports write it", "text", longest=32767,
        clearable=False, synonyms=("arr history",),
    ),
    Field(
        "contract.stage", "Deal stage (only won ones are taken)", "text", clearable=False,
        synonyms=(
            "stage", "deal stage", "opportunity stage", "stage name", "sales stage", "is closed won", "won", "is won",
        ),
    ),
)  # fmt: skip

NOTE = (
    Field(
        "note.kind", "Note: kind", "choice", choices=NOTE_KINDS, clearable=False,
        synonyms=("note kind", "activity type", "engagement type", "task type", "note type"),
        own=("type", "kind", "task subtype", "event type"),
    ),
    Field(
        "note.body", "Note: text", "text", longest=20000, clearable=False,
        synonyms=(
            "note body", "notes", "note", "note text", "full comments", "call notes", "email body", "meeting notes",
            "internal meeting notes", "notizen",
        ),
        own=("body", "comments", "description", "text", "content", "details", "subject", "title"),
    ),
    Field(
        "note.occurred_at", "Note: when", "datetime", clearable=False,
        synonyms=("activity date", "note date", "occurred at", "logged at", "call date", "meeting date"),
        own=(
            "date", "due date", "date time", "timestamp", "created date", "create date", "createdate", "completed date",
            "created at",
        ),
    ),
    Field(
        "note.author", "Note: author", "member", clearable=False,
        synonyms=("note author", "note created by", "activity assigned to", "assigned to", "note owner"),
        own=("author", "created by", "assigned", "owner", "activity created by", "created by email"),
    ),
)  # fmt: skip
