"""The people at an account: there from the beginning, or gone elsewhere and followed by others."""

from __future__ import annotations

import datetime as dt
import random

from accounts.actions import contacts
from accounts.models import Contact
from csom.demo.stage import Tale
from csom.demo.words import shared

DAY = dt.timedelta(days=1)
PERSONA = {
    "champion": "Head of operations", "user": "First-line lead", "decider": "Executive",
    "executive_buyer": "Finance", "gatekeeper": "IT and security", "influencer": "Executive",
}  # fmt: skip
STANCE = {"champion": "advocate", "gatekeeper": "neutral"}
INFLUENCE = {"champion": 2, "user": 1, "decider": 3, "executive_buyer": 3, "gatekeeper": 2, "influencer": 2}


def introduce(tale: Tale) -> None:
    """Everybody who had a part in the purchase, the decider first since the others report there."""
    rng = tale.chance("contacts")
    order = sorted(tale.sketch.people, key=lambda part: part != "decider")
    for part in order:
        tale.contacts[part] = _add(tale, part, tale.sketch.people[part], tale.sketch.committed_on, rng)


def change(tale: Tale) -> None:
    """Some leave over time; most of them are followed by somebody who didn't buy us."""
    rng = tale.chance("departures")
    fade = next((fade for fade in tale.fate.fades if "champion" in fade.signs), None)
    for part in list(tale.contacts):
        first, last = tale.begins + 60 * DAY, tale.ends - 25 * DAY
        if part == "champion" and fade is not None and fade.since < last:
            on = max(fade.since, tale.begins + 30 * DAY) + DAY * rng.randint(0, 20)
            _replace(tale, part, min(on, last), rng, followed=0.3)
        elif rng.random() < (0.16 if part == "champion" else 0.08) and last > first:
            _replace(tale, part, first + DAY * rng.randint(0, (last - first).days), rng)


def leave(tale: Tale, part: str, on: dt.date, rng: random.Random, successor: Contact | None = None) -> None:
    moved_to = rng.choice([*shared()["employers"], "", ""])
    gone = tale.contacts[part]
    gone.refresh_from_db()
    contacts.depart(gone, on=on, moved_to=moved_to, successor=successor, by=tale.csm, now=tale.at(on, rng))


def _replace(tale: Tale, part: str, on: dt.date, rng: random.Random, followed: float = 0.85) -> None:
    successor, name = None, None
    if rng.random() < followed:
        name = _somebody_else(tale, rng)
        successor = _add(tale, part, name, on - 4 * DAY, rng, stance="neutral")
    leave(tale, part, on, rng, successor)
    tale.sketch.replace(part, on, name)
    if successor is not None:
        tale.contacts[part] = successor
    else:
        del tale.contacts[part]


def _somebody_else(tale: Tale, rng: random.Random) -> str:
    """No two people of an account share a name, and with it an address."""
    known = {contact.name.split()[0] for contact in tale.contacts.values()} | {
        name.split()[0] for _, name in tale.sketch.left.values()
    }
    first = rng.choice([first for first in shared()["first_names"] if first not in known])
    return f"{first} {rng.choice(shared()['last_names'])}"


def _add(tale: Tale, part: str, name: str, on: dt.date, rng: random.Random, stance: str = "") -> Contact:
    values = {
        "name": name,
        "email": f"{name.lower().replace(' ', '.')}@{tale.sketch.domain}",
        "phone": f"+1 555 01{rng.randint(10, 99)}",
        "title": tale.sketch.title_of(part),
        "persona": PERSONA[part],
        "buying_role": part,
        "stance": stance or STANCE.get(part) or rng.choice(["advocate", "neutral", "neutral", "detractor"]),
        "influence": INFLUENCE[part],
        "reports_to": tale.contacts.get("decider") if part != "decider" else None,
    }
    return contacts.add(tale.account, values, by=tale.ae, now=tale.at(on, rng))
