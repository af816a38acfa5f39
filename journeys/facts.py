"""What the journey tells the timeline."""

from accounts.registry import declare

declare("journey.began", "Journey began", "The journey began; commitment on {committed_on}", icon="map")
declare("spiced.said", "SPICED statement", "{letter}: {statement}", icon="message-square-quote")
declare("spiced.corrected", "SPICED corrected", "{letter} corrected: {statement}", icon="pencil-line")
declare("spiced.confirmed", "SPICED confirmed", "{contact} confirmed: {statement}", icon="badge-check")
