"""Currencies by code, sign and name: which one is meant by «$», and by «kr.»."""

from __future__ import annotations

import re

from accounts.imports.values.wrong import Wrong

SIGNS = {
    "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₩": "KRW", "₪": "ILS", "₫": "VND", "₴": "UAH", "₺": "TRY",
    "₽": "RUB", "฿": "THB", "₱": "PHP", "₦": "NGN", "zł": "PLN", "Kč": "CZK", "Fr.": "CHF", "SFr.": "CHF", "Ft": "HUF",
    "lei": "RON", "US$": "USD", "CA$": "CAD", "C$": "CAD", "A$": "AUD", "AU$": "AUD", "NZ$": "NZD", "R$": "BRL",
    "MX$": "MXN", "CN¥": "CNY", "HK$": "HKD", "S$": "SGD", "NT$": "TWD",
}  # fmt: skip
# One sign, several currencies: the file's own is meant where it is among them, else the first.
SHARED = {
    "$": ("USD", "CAD", "AUD", "NZD", "MXN", "HKD", "SGD", "TWD", "ARS", "CLP", "COP"),
    "kr": ("SEK", "NOK", "DKK", "ISK"),
    "¥": ("JPY", "CNY"),
    "£": ("GBP", "EGP"),
}
# ISO 4217.
_CODES = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP
CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR
ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT
MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD
SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND
VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG
"""
CODES = frozenset(_CODES.split())
NAMES = {
    "us dollar": "USD", "u.s. dollar": "USD", "dollar": "USD", "euro": "EUR", "british pound": "GBP",
    "pound sterling": "GBP", "swiss franc": "CHF", "japanese yen": "JPY", "canadian dollar": "CAD",
    "australian dollar": "AUD", "indian rupee": "INR",
}  # fmt: skip
# As a pattern: a code, a sign with the letters in front of it, or one of those made of letters.
SIGN = r"[A-Z]{0,3}[$€£¥₹₩₪₫₴₺₽฿₱₦]|[A-Z]{3}|kr\.?|zł|Kč|S?Fr\.|Ft|lei"


def currency(text: str) -> str:
    """A code, a sign or a name as the code. Wrong: it is none of them."""
    bare = text.strip()
    code = bare.upper()
    if code in CODES:
        return code
    found = SIGNS.get(bare) or SHARED.get(bare, ("",))[0] or NAMES.get(bare.lower().removesuffix("s"), "")
    # "USD - U.S. Dollar", "Euro (EUR)"
    found = found or next((word for word in re.findall(r"\b[A-Z]{3}\b", bare) if word in CODES), "")
    if not found:
        raise Wrong("isn't a currency, such as EUR")
    return found


def meant(sign: str, wanted: str) -> str:
    """The currency of this sign where `wanted` is expected; empty: no currency has it."""
    bare = sign.rstrip(".") if sign.startswith("kr") else sign
    shared = SHARED.get(bare, ())
    if wanted in shared:
        return wanted
    return shared[0] if shared else SIGNS.get(sign) or (sign if sign in CODES else "")
