"""Who is in the book: the fields of accounts, contacts and products."""

from __future__ import annotations

from accounts.imports.fields.choices import BUYING_ROLES, INFLUENCES, PHASES, STANCES, TOUCHES
from accounts.imports.fields.field import Field

PRODUCT = (
    Field(
        "product.name", "Product: name", "text", longest=120, clearable=False,
        own=("name", "product name", "product", "item name"),
    ),
    Field(
        "product.code", "Product: code", "text", longest=60, clearable=False,
        synonyms=("product code", "sku", "product sku"),
        own=("code", "record id", "product id", "id", "external id"),
    ),
    Field(
        "product.unit", "Product: unit", "text", longest=40, clearable=False,
        synonyms=("product unit", "unit of measure", "quantity unit of measure"),
        own=("unit",),
    ),
    Field(
        "product.recurring", "Product: recurring", "bool", clearable=False,
        synonyms=("recurring", "product recurring", "is recurring"),
        own=("subscription",),
    ),
    Field(
        "product.description", "Product: description", "text", longest=300,
        synonyms=("product description",),
        own=("description",),
    ),
)  # fmt: skip

ACCOUNT = (
    Field(
        "account.name", "Account name", "text", longest=200, clearable=False,
        synonyms=(
            "account name", "company account", "company name", "account", "company", "customer", "customer name",
            "organization", "organisation", "organization name", "associated company", "associated company primary",
            "primary company", "client", "firma", "kunde",
        ),
        own=("name",),
    ),
    Field(
        "account.external_id", "Account: external id", "text", longest=120,
        synonyms=(
            "account id", "account external id", "company id", "account id 18", "associated company ids",
            "associated company id", "primary associated company id", "customer id", "customer number",
            "account number", "kundennummer", "company record id",
        ),
        own=("external id", "record id", "id"),
    ),
    Field(
        "account.domain", "Website or domain", "domain", longest=253,
        synonyms=(
            "domain", "company domain name", "website", "website url", "company domain", "account domain",
            "company website", "account website", "homepage", "web site", "company website url", "email domain", "url",
        ),
    ),
    Field(
        "account.industry", "Industry", "text", longest=80,
        synonyms=("industry", "account industry", "company industry", "vertical", "sector", "branche"),
    ),
    Field(
        "account.region", "Region", "text", longest=80,
        synonyms=(
            "region", "account region", "billing country", "billing country region", "country", "country region",
            "company country", "territory", "geo", "billing state province", "land",
        ),
    ),
    Field(
        "account.segment", "Segment", "text", longest=80,
        synonyms=(
            "segment", "account segment", "customer segment", "tier", "account tier", "customer tier",
        ),
    ),
    Field(
        "account.touch_model", "Touch model", "choice", choices=TOUCHES, clearable=False,
        synonyms=("touch model", "touch", "engagement model", "service level", "coverage model"),
    ),
    Field(
        "account.currency", "Account: currency", "currency", clearable=False,
        synonyms=("account currency", "company currency"),
        own=("currency", "currency iso code"),
    ),
    Field(
        "account.csm", "CSM", "member",
        synonyms=(
            "csm", "csm email", "customer success manager", "customer success owner", "cs owner", "success manager",
            "account manager",
        ),
        own=("account owner", "company owner", "account owner email", "owner", "owner email", "owner name"),
    ),
    Field(
        "account.ae", "Account executive", "member",
        synonyms=(
            "ae", "ae email", "account executive", "sales rep", "sales owner", "salesperson", "sales representative",
            "deal owner", "opportunity owner",
        ),
    ),
    Field(
        "account.delivery", "Delivery", "member",
        synonyms=(
            "delivery", "delivery email", "implementation manager", "onboarding manager", "onboarding owner",
            "project manager",
        ),
    ),
    Field(
        "account.phase", "Phase", "choice", choices=PHASES, clearable=False,
        synonyms=("phase", "customer phase", "account phase", "customer status", "account status"),
        own=("lifecycle stage", "status", "customer stage"),
    ),
    Field(
        "account.parent", "Parent account", "text", longest=200,
        synonyms=(
            "parent account", "parent company", "parent account id", "parent", "ultimate parent",
            "associated parent company", "parent id",
        ),
    ),
)  # fmt: skip

CONTACT = (
    Field(
        "contact.name", "Contact: name", "text", longest=160, clearable=False,
        synonyms=(
            "contact name", "full name", "contact", "contact full name", "primary contact", "ansprechpartner",
        ),
        own=("name",),
    ),
    Field(
        "contact.first_name", "Contact: first name", "text", longest=160, clearable=False,
        synonyms=("first name", "firstname", "given name", "contact first name", "vorname"),
    ),
    Field(
        "contact.last_name", "Contact: last name", "text", longest=160, clearable=False,
        synonyms=("last name", "lastname", "surname", "family name", "contact last name", "nachname"),
    ),
    Field(
        "contact.email", "Contact: e-mail", "email", longest=254,
        synonyms=(
            "email", "email address", "contact email", "contact email address", "work email", "business email", "mail",
        ),
    ),
    Field(
        "contact.phone", "Contact: phone", "text", longest=40,
        synonyms=("contact phone", "contact phone number"),
        own=(
            "phone", "phone number", "business phone", "work phone", "mobile", "mobile phone", "mobile phone number",
            "telephone", "telefon",
        ),
    ),
    Field(
        "contact.title", "Contact: job title", "text", longest=120,
        synonyms=("job title", "contact title", "position", "jobtitle"),
        own=("title", "role title"),
    ),
    Field(
        "contact.persona", "Contact: persona", "text", longest=80,
        synonyms=("persona", "contact persona", "buyer persona"),
        own=("department", "job function", "function"),
    ),
    Field(
        "contact.buying_role", "Contact: buying role", "choice", choices=BUYING_ROLES,
        synonyms=("buying role", "contact buying role", "contact role", "buying committee role"),
        own=("role",),
    ),
    Field(
        "contact.stance", "Contact: stance", "choice", choices=STANCES,
        synonyms=("stance", "contact stance", "sentiment", "attitude"),
    ),
    Field(
        "contact.influence", "Contact: influence", "choice", choices=INFLUENCES, clearable=False,
        synonyms=("influence", "contact influence", "level of influence", "influence level"),
    ),
    Field(
        "contact.external_id", "Contact: external id", "text", longest=120,
        synonyms=(
            "contact id", "contact external id", "contact record id", "contact id 18", "associated contact ids",
        ),
        own=("external id", "record id", "id"),
    ),
    Field(
        "contact.departed_on", "Contact: left on", "date",
        synonyms=("departed on", "left on", "departure date", "left company on"),
    ),
    Field(
        "contact.moved_to", "Contact: moved to", "text", longest=200,
        synonyms=("moved to", "new company", "new employer"),
    ),
)  # fmt: skip
