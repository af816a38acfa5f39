"""Figures that people type: thousands are understood, a decimal comma is asked about and never multiplied away."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from accounts.forms.contracts import MoneyField
from accounts.forms.figures import without_thousands


@pytest.mark.parametrize(
    ("typed", "plain"),
    [("412,500", "412500"), (" 1,250.7 ", "1250.7"), ("-3,10,000", "-310000"), ("6.5", "6.5"), ("", ""), (None, None)],
)
def test_thousands_are_understood(typed, plain):
    assert without_thousands(typed) == plain


@pytest.mark.parametrize("typed", ["6,5", "1,25", "12,5000", ",500", "1.250,00", "a,b"])
def test_a_comma_that_parts_no_thousands_is_asked_about(typed):
    with pytest.raises(ValidationError, match=r"decimals with a point"):
        without_thousands(typed)


def test_money_says_so_too():
    assert MoneyField().clean("412,500") == 41_250_000
    with pytest.raises(ValidationError):
        MoneyField().clean("412,5")
