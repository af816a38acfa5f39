"""What the journey tells the timeline."""

from django.utils.translation import gettext_lazy as _

from accounts.registry import Fact, FactType, declare, of_accounts
from journeys.spiced import LETTERS

LETTER = Fact("letter", _("Letter"), FactType.CHOICE, choices=tuple((letter.label, letter.label) for letter in LETTERS))

of_accounts(_("Journey and SPICED"), "journey", "spiced")

declare(
    "journey.began",
    "Journey began",
    "The journey began; commitment on {committed_on}",
    icon="map",
    facts=[Fact("committed_on", _("Committed on"), FactType.DATE)],
)
declare("spiced.said", "SPICED statement", "{letter}: {statement}", icon="message-square-quote", facts=[LETTER])
declare("spiced.corrected", "SPICED corrected", "{letter} corrected: {statement}", icon="pencil-line", facts=[LETTER])
declare("spiced.confirmed", "SPICED confirmed", "{contact} confirmed: {statement}", icon="badge-check", facts=[LETTER])
