"""What a column can mean: every field of every noun, its type, and the names that other products give it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

TYPES = ("text", "email", "domain", "currency", "date", "datetime", "money", "number", "integer", "bool",
         "choice", "member", "product")  # fmt: skip
NOUNS = ("account", "contact", "product", "contract", "note")

PHASES = {
    "commit": ("committed", "closed won", "sold"),
    "onboarding": ("implementation", "launching", "kickoff", "new"),
    "adoption": ("live", "active", "customer", "adopted"),
    "expansion": ("growing", "growth", "evangelist"),
    "ended": ("former", "churned", "churn", "lost", "inactive", "cancelled", "canceled", "former customer"),
}
TOUCHES = {
    "high": ("high touch", "enterprise touch", "named"),
    "low": ("low touch", "pooled", "medium touch", "mid touch"),
    "tech": ("tech touch", "digital", "digital touch", "scaled"),
}
BUYING_ROLES = {
    "initiator": (),
    "user": ("end user", "business user", "power user"),
    "champion": (),
    "decider": ("decision maker", "decision-maker", "business decision maker"),
    "executive_buyer": ("executive buyer", "executive sponsor", "budget holder", "economic buyer", "sponsor"),
    "gatekeeper": ("blocker", "legal & compliance", "procurement", "legal", "it"),
    "influencer": ("evaluator", "technical buyer", "economic decision maker's adviser"),
}
STANCES = {
    "advocate": ("promoter", "supporter", "positive", "fan"),
    "neutral": ("passive", "indifferent"),
    "detractor": ("critic", "negative", "opponent"),
}
INFLUENCES = {"0": ("unknown",), "1": ("low",), "2": ("medium", "mid"), "3": ("high",)}
NOTE_KINDS = {
    "note": ("comment", "other", "task", "to do", "todo"),
    "call": ("phone", "phone call"),
    "email": ("e-mail", "mail", "incoming email", "outgoing email"),
    "meeting": ("event", "visit", "demo", "appointment", "qbr"),
}


@dataclass(frozen=True)
class Field:
    """`synonyms` mean this in any import, `own` only in one of this noun; the better ones stand first.

    `choices`: each value with other words for it. `longest`: what the table's column holds.
    """

    path: str
    label: str
    type: str = "text"
    synonyms: tuple[str, ...] = ()
    choices: Mapping[str, tuple[str, ...]] | None = None
    own: tuple[str, ...] = ()
    longest: int = 0
    clearable: bool = True

    @property
    def noun(self) -> str:
        return self.path.partition(".")[0]

    @property
    def key(self) -> str:
        return self.path.partition(".")[2]


@dataclass(frozen=True)
class CustomSpec:
    """A field that the tenant defined; `type`: text, number, date, boolean or choice."""

    type: str = "text"
    choices: tuple[str, ...] = ()
    label: str = ""


def plain(text: str) -> str:
    """A heading as it is compared: small letters, digits, single spaces; BillingCountry and billing_country are one."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text)
    folded = unicodedata.normalize("NFKD", spaced).casefold()
    bare = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return " ".join(re.findall(r"\w+", bare.replace("_", " ").replace("e-mail", "email")))


def key_of(label: str) -> str:
    """The key that a new custom field of this label gets."""
    return re.sub(r"[^a-z0-9]+", "-", plain(label)).strip("-")[:40] or "field"


def custom_path(key: str) -> str:
    return f"account.custom.{key}"


def new_path(kind: str, label: str) -> str:
    """A custom field that isn't there yet; `kind`: text, number, date, bool or choice."""
    return f"account.new.{kind}.{label}"


_SPEC_TYPES = {
    "text": "text",
    "number": "number",
    "date": "date",
    "boolean": "bool",
    "bool": "bool",
    "choice": "choice",
}


def custom_field(key: str, spec: CustomSpec) -> Field:
    choices = {each: () for each in spec.choices} if spec.type == "choice" else None
    label = spec.label or key
    return Field(custom_path(key), label, _SPEC_TYPES[spec.type], (label, key), choices, longest=2000)


def parsed_new(path: str) -> tuple[str, str] | None:
    """Type and label of a custom field to be created; None where the path isn't one."""
    head, _, rest = path.removeprefix("account.").partition(".")
    kind, _, label = rest.partition(".")
    return (kind, label) if head == "new" and kind in _SPEC_TYPES and label.strip() else None


def field_of(path: str, customs: Mapping[str, CustomSpec]) -> Field | None:
    """Any path as a field: fixed, custom, or to be created."""
    if path in FIELDS:
        return FIELDS[path]
    bare = path.removeprefix("account.")
    if bare.startswith("custom."):
        key = bare.removeprefix("custom.")
        return custom_field(key, customs[key]) if key in customs else None
    new = parsed_new(path)
    if new is None:
        return None
    return Field(custom_path(key_of(new[1])), new[1], _SPEC_TYPES[new[0]], longest=2000)


_ACCOUNT = (
    Field("account.name", "Account name", "text", (
        "account name", "company name", "account", "company", "customer", "customer name", "organization", "organisation",
        "organization name", "associated company", "associated company primary", "primary company", "client", "firma", "kunde",
    ), own=("name",), longest=200, clearable=False),
    Field("account.external_id", "Account: external id", "text", (
        "account id", "account external id", "company id", "account id 18", "associated company ids", "associated company id",
        "primary associated company id", "customer id", "customer number", "account number", "kundennummer", "company record id",
    ), own=("external id", "record id", "id"), longest=120),
    Field("account.domain", "Website or domain", "domain", (
        "domain", "company domain name", "website", "website url", "company domain", "account domain", "company website",
        "account website", "homepage", "web site", "company website url", "email domain", "url",
    ), longest=253),
    Field("account.industry", "Industry", "text", ("industry", "account industry", "company industry", "vertical", "sector", "branche"), longest=80),
    Field("account.region", "Region", "text", (
        "region", "account region", "billing country", "billing country region", "country", "country region", "company country",
        "territory", "geo", "billing state province", "land",
    ), longest=80),
    Field("account.segment", "Segment", "text", ("segment", "account segment", "customer segment", "tier", "account tier", "customer tier", "company size", "rating"), longest=80),
    Field("account.touch_model", "Touch model", "choice", ("touch model", "touch", "engagement model", "service level", "coverage model"), TOUCHES, clearable=False),
    Field("account.currency", "Account: currency", "currency", ("account currency", "company currency"), own=("currency", "currency iso code"), clearable=False),
    Field("account.csm", "CSM", "member", (
        "csm", "csm email", "customer success manager", "customer success owner", "cs owner", "success manager", "account manager",
    ), own=("account owner", "company owner", "account owner email", "owner", "owner email", "owner name")),
    Field("account.ae", "Account executive", "member", (
        "ae", "ae email", "account executive", "sales rep", "sales owner", "salesperson", "sales representative", "deal owner", "opportunity owner",
    )),
    Field("account.delivery", "Delivery", "member", ("delivery", "delivery email", "implementation manager", "onboarding manager", "onboarding owner", "project manager")),
    Field("account.phase", "Phase", "choice", ("phase", "customer phase", "account phase", "customer status", "account status"),
          PHASES, own=("lifecycle stage", "status", "customer stage"), clearable=False),
    Field("account.parent", "Parent account", "text", ("parent account", "parent company", "parent account id", "parent", "ultimate parent", "associated parent company", "parent id"), longest=200),
)  # fmt: skip

_CONTACT = (
    Field("contact.name", "Contact: name", "text", ("contact name", "full name", "contact", "contact full name", "primary contact", "ansprechpartner"),
          own=("name",), longest=160, clearable=False),
    Field("contact.first_name", "Contact: first name", "text", ("first name", "firstname", "given name", "contact first name", "vorname"), longest=160, clearable=False),
    Field("contact.last_name", "Contact: last name", "text", ("last name", "lastname", "surname", "family name", "contact last name", "nachname"), longest=160, clearable=False),
    Field("contact.email", "Contact: e-mail", "email", ("email", "email address", "contact email", "contact email address", "work email", "business email", "mail"), longest=254),
    Field("contact.phone", "Contact: phone", "text", ("contact phone", "contact phone number"),
          own=("phone", "phone number", "business phone", "work phone", "mobile", "mobile phone", "mobile phone number", "telephone", "telefon"), longest=40),
    Field("contact.title", "Contact: job title", "text", ("job title", "contact title", "position", "jobtitle"), own=("title", "role title"), longest=120),
    Field("contact.persona", "Contact: persona", "text", ("persona", "contact persona", "buyer persona"), own=("department", "job function", "function"), longest=80),
    Field("contact.buying_role", "Contact: buying role", "choice", ("buying role", "contact buying role", "contact role", "buying committee role"), BUYING_ROLES, own=("role",)),
    Field("contact.stance", "Contact: stance", "choice", ("stance", "contact stance", "sentiment", "attitude"), STANCES),
    Field("contact.influence", "Contact: influence", "choice", ("influence", "contact influence", "level of influence", "influence level"), INFLUENCES, clearable=False),
    Field("contact.external_id", "Contact: external id", "text", ("contact id", "contact external id", "contact record id", "contact id 18", "associated contact ids"),
          own=("external id", "record id", "id"), longest=120),
    Field("contact.departed_on", "Contact: left on", "date", ("departed on", "left on", "departure date", "left company on")),
    Field("contact.moved_to", "Contact: moved to", "text", ("moved to", "new company", "new employer"), longest=200),
)  # fmt: skip

_PRODUCT = (
    Field("product.name", "Product: name", "text", (), own=("name", "product name", "product", "item name"), longest=120, clearable=False),
    Field("product.code", "Product: code", "text", ("product code", "sku", "product sku"), own=("code", "record id", "product id", "id", "external id"), longest=60, clearable=False),
    Field("product.unit", "Product: unit", "text", ("product unit", "unit of measure", "quantity unit of measure"), own=("unit",), longest=40, clearable=False),
    Field("product.recurring", "Product: recurring", "bool", ("recurring", "product recurring", "is recurring"), own=("subscription",), clearable=False),
    Field("product.description", "Product: description", "text", ("product description",), own=("description",), longest=300),
)  # fmt: skip

_CONTRACT = (
    Field("contract.name", "Contract: name", "text", ("contract name", "opportunity name", "deal name", "deal", "opportunity", "subscription name", "contract"), own=("name",), longest=160, clearable=False),
    Field("contract.external_id", "Contract: external id", "text", (
        "contract id", "contract external id", "opportunity id", "deal id", "contract number", "subscription id", "order number", "opportunity id 18",
    ), own=("external id", "record id", "id"), longest=120),
    Field("contract.product", "Contract: product", "product", ("contract product", "subscribed product", "product name", "product", "plan", "package", "line item", "associated line item"), longest=120, clearable=False),
    Field("contract.quantity", "Contract: quantity", "integer", ("quantity", "seats", "licenses", "licences", "number of seats", "number of licenses", "menge"), clearable=False),
    Field("contract.arr", "Contract: ARR", "money", (
        "arr", "annual recurring revenue", "annual contract value", "acv", "annual value", "yearly value", "arr converted", "current arr", "annual amount", "jahreswert",
    ), clearable=False),
    Field("contract.total", "Contract: value of the whole term", "money", ("total contract value", "tcv", "contract value", "contract amount", "deal amount", "opportunity amount", "auftragswert"),
          own=("amount", "amount converted", "total price", "total amount", "value", "amount in company currency"), clearable=False),
    Field("contract.currency", "Contract: currency", "currency", ("contract currency", "deal currency", "deal currency code", "opportunity currency", "amount currency", "arr currency"),
          own=("currency", "currency iso code", "currency code"), clearable=False),
    Field("contract.signed_on", "Contract: signed on", "date", ("signed on", "contract signed on", "close date", "closed date", "contract signed date", "customer signed date", "signature date", "closed won date"), clearable=False),
    Field("contract.start_on", "Contract: starts on", "date", (
        "contract start date", "contract start", "subscription start date", "subscription start", "start date", "starts on", "start on", "service start date", "term start date", "effective date", "vertragsbeginn",
    ), clearable=False),
    Field("contract.end_on", "Contract: renews on (first day after the term)", "date", (
        "renews on", "renewal date", "contract renewal date", "renewal", "next renewal date", "renewal on", "end on",
    ), clearable=False),
    Field("contract.last_day", "Contract: last day of the term", "date", (
        "contract end date", "contract end", "end date", "subscription end date", "subscription end", "expiration date", "expiry date",
        "term end date", "service end date", "expires on", "last day", "vertragsende",
    ), clearable=False),
    Field("contract.term_months", "Contract: term in months", "integer", ("contract term months", "contract term", "term months", "term in months", "term", "subscription term", "term length months", "contract length months", "laufzeit"), clearable=False),
    Field("contract.auto_renew", "Contract: renews by itself", "bool", ("auto renew", "auto renewal", "auto renews", "autorenew", "renews by itself", "automatic renewal"), clearable=False),
    Field("contract.notice_days", "Contract: days of notice", "integer", ("notice days", "notice period days", "days of notice", "notice period", "cancellation notice days", "owner expiration notice"), clearable=False),
    Field("contract.ended_on", "Contract: ended on", "date", ("ended on", "churn date", "churned on", "cancellation date", "cancelled on", "termination date", "canceled on"), clearable=False),
    Field("contract.end_reason", "Contract: reason of its end", "text", ("end reason", "churn reason", "cancellation reason", "reason for churn", "termination reason"), longest=200),
    Field("contract.stage", "Deal stage (only won ones are taken)", "text", ("stage", "deal stage", "opportunity stage", "stage name", "sales stage", "is closed won", "won", "is won"), clearable=False),
)  # fmt: skip

_NOTE = (
    Field("note.kind", "Note: kind", "choice", ("note kind", "activity type", "engagement type", "task type", "note type"), NOTE_KINDS,
          own=("type", "kind", "task subtype", "event type"), clearable=False),
    Field("note.body", "Note: text", "text", ("note body", "notes", "note", "note text", "full comments", "call notes", "email body", "meeting notes", "internal meeting notes", "notizen"),
          own=("body", "comments", "description", "text", "content", "details", "subject", "title"), longest=20_000, clearable=False),
    Field("note.occurred_at", "Note: when", "datetime", ("activity date", "note date", "occurred at", "logged at", "call date", "meeting date"),
          own=("date", "due date", "date time", "timestamp", "created date", "create date", "createdate", "completed date", "created at"), clearable=False),
    Field("note.author", "Note: author", "member", ("note author", "note created by", "activity assigned to", "assigned to", "note owner"),
          own=("author", "created by", "assigned", "owner", "activity created by", "created by email"), clearable=False),
)  # fmt: skip

FIELDS: dict[str, Field] = {each.path: each for each in (*_PRODUCT, *_ACCOUNT, *_CONTACT, *_CONTRACT, *_NOTE)}
