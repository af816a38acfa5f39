"""Figures as people type them: thousands between commas, decimals after a point."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

THOUSANDS = re.compile(r"[-+]?\d{1,3}(,\d{2,3})*,\d{3}(\.\d*)?")


def without_thousands(value: Any) -> Any:
    """ "412,500" -> "412500". A comma that parts no thousands is asked about: "6,5" must not become 65."""
    if not isinstance(value, str) or "," not in value:
        return value
    text = value.strip()
    if not THOUSANDS.fullmatch(text):
        raise ValidationError(_("Write thousands as 1,250 and decimals with a point: 6.5."), code="invalid")
    return text.replace(",", "")
