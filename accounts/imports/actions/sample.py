"""Sample data to look around with: a made-up book, brought in like any other file and taken back like any other."""

from __future__ import annotations

import csv
import datetime as dt
import io

from django.db import connection, transaction

from accounts.actions.errors import refuse
from accounts.calendar import year_after
from accounts.imports.actions import imports
from accounts.imports.models import Import, Noun, Stage
from accounts.models import User
from accounts.tenancy.context import current_tenant_id

HEAD = (
    "account.external_id", "account.name", "account.domain", "account.industry", "account.segment", "account.region",
    "account.touch_model", "account.phase", "contact.name", "contact.email", "contact.title", "contact.buying_role",
    "contact.stance", "contract.product", "contract.quantity", "contract.arr", "contract.start_on", "contract.end_on",
)  # fmt: skip
# name, word of the domain, industry, segment, region, touch, phase, person, title, role, stance, and its terms:
# months since the start, seats, ARR.
BOOK: tuple[tuple[str, str, str, str, str, str, str, str, str, str, str, tuple[tuple[int, int, int], ...]], ...] = (
    ("Alder & Finch", "alderfinch", "Retail", "Mid-market", "EMEA", "low", "adoption",
     "Nora Lindqvist", "Operations", "champion", "advocate", ((31, 40, 18_000), (19, 55, 24_750), (7, 70, 31_500))),
    ("Basalt Works", "basaltworks", "Manufacturing", "Enterprise", "AMER", "high", "expansion",
     "Samuel Ortiz", "VP Production", "decider", "advocate", ((22, 220, 96_000), (10, 300, 132_000))),
    ("Coral Health", "coralhealth", "Health", "Enterprise", "EMEA", "high", "adoption",
     "Ines Moreau", "Clinical Systems Lead", "champion", "neutral", ((17, 180, 84_000), (5, 150, 70_000))),
    ("Drumlin Media", "drumlinmedia", "Media", "SMB", "EMEA", "tech", "adoption",
     "Piotr Zielinski", "Producer", "user", "advocate", ((8, 12, 4_800),)),
    ("Estuary Bank", "estuarybank", "Finance", "Enterprise", "APAC", "high", "onboarding",
     "Mei Tanaka", "Director of Digital", "executive_buyer", "neutral", ((1, 400, 210_000),)),
    ("Fathom Logistics", "fathomlogistics", "Logistics", "Mid-market", "AMER", "low", "adoption",
     "Grace Obi", "Fleet Manager", "champion", "advocate", ((29, 60, 27_000), (17, 60, 27_000), (5, 90, 39_600))),
    ("Gable Homes", "gablehomes", "Construction", "SMB", "AMER", "tech", "adoption",
     "Luis Prado", "Office Manager", "user", "detractor", ((20, 15, 6_000), (8, 10, 4_000))),
    ("Harrow Foods", "harrowfoods", "Food", "Mid-market", "EMEA", "low", "expansion",
     "Anja Vogel", "Quality Lead", "champion", "advocate", ((26, 45, 21_600), (14, 80, 38_400), (2, 110, 52_800))),
    ("Isthmus Energy", "isthmusenergy", "Energy", "Enterprise", "AMER", "high", "adoption",
     "Robert Hale", "Chief Engineer", "decider", "neutral", ((11, 260, 143_000),)),
    ("Juniper Schools", "juniperschools", "Education", "SMB", "EMEA", "tech", "onboarding",
     "Eva Horvat", "Principal", "initiator", "advocate", ((2, 30, 9_000),)),
    ("Keel Insurance", "keelinsurance", "Finance", "Mid-market", "APAC", "low", "adoption",
     "Arjun Nair", "Claims Director", "decider", "neutral", ((18, 75, 41_250), (6, 75, 41_250))),
    ("Lantern Games", "lanterngames", "Media", "SMB", "AMER", "tech", "adoption",
     "Kim Castillo", "Studio Lead", "champion", "advocate", ((13, 20, 8_000), (1, 32, 12_800))),
)  # fmt: skip
MONTH = 365.25 / 12
LOCK = 7_204  # names our advisory locks; the second half is the tenant


@transaction.atomic
def load(*, by: User, today: dt.date) -> Import:
    """Brings the sample in at once; a second one is refused until the first was taken back."""
    _wait_for_others()
    if standing() is not None:
        raise refuse("", "The sample data is here already.")
    job = imports.open("Sample data.csv", [book(today).encode()], noun=Noun.ACCOUNT, by=by)
    columns = {str(column): path for column, path in enumerate(HEAD)}
    imports.map_columns(job, columns, by=by, options={"sample": True, "follow": "anyway", "duplicates": "create"})
    return imports.check(job, by=by)


def _wait_for_others() -> None:
    """Two clicks at once: the second looks when the first is over, and sees what it brought."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashint8(%s))", [LOCK, current_tenant_id()])


def standing() -> Import | None:
    """The sample that is here, or on its way."""
    gone = (Stage.UNDONE, Stage.FAILED)
    return Import.objects.filter(options__sample=True).exclude(stage__in=gone).order_by("-id").first()


def book(today: dt.date) -> str:
    """The file, its terms counted back from today."""
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow(HEAD)
    for number, (name, word, *about, person, title, role, stance, terms) in enumerate(BOOK, start=1):
        domain = f"{word}.example"
        email = f"{person.split()[0].lower()}@{domain}"
        who = (f"sample-{number}", name, domain, *about)
        for months, seats, arr in terms:
            start = today - dt.timedelta(days=round(months * MONTH))
            term = ("Platform", seats, arr, start, year_after(start))
            lines.writerow((*who, person, email, title, role, stance, *term))
    return text.getvalue()
