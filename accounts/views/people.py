"""The buying center as a list of parts: who plays which, and which are vacant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from accounts.models import BuyingRole, Contact, Stance

# Without these two an account hangs in the air; the others are good to know.
NEEDED = {BuyingRole.CHAMPION, BuyingRole.DECIDER}
TONES = {Stance.ADVOCATE: "green", Stance.NEUTRAL: "amber", Stance.DETRACTOR: "red"}


@dataclass(frozen=True)
class Person:
    contact: Contact
    tone: str
    stance: str
    influence: str


@dataclass(frozen=True)
class Part:
    code: str
    label: str
    people: list[Person] = field(default_factory=list)
    needed: bool = False

    @property
    def vacant(self) -> bool:
        return not self.people


def person(contact: Contact) -> Person:
    return Person(
        contact,
        TONES.get(Stance(contact.stance), "none") if contact.stance else "none",
        contact.get_stance_display() if contact.stance else "Not known",
        contact.get_influence_display(),
    )


def roles(contacts: Sequence[Contact]) -> list[Part]:
    """The seven parts in the method's order, then those whose part isn't known, if there are any."""
    present = [contact for contact in contacts if contact.departed_on is None]
    parts = [
        Part(role.value, role.label, [person(c) for c in present if c.buying_role == role], role in NEEDED)
        for role in BuyingRole
    ]
    unplaced = [person(contact) for contact in present if not contact.buying_role]
    return [*parts, Part("", "Part not known", unplaced)] if unplaced else parts


def coverage(parts: Sequence[Part]) -> str:
    """ "5 of 7 parts known"."""
    known = [part for part in parts if part.code and not part.vacant]
    return f"{len(known)} of {len(BuyingRole)} parts known"
