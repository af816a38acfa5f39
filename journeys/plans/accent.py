"""A workspace's own color on pages for its customers, darkened or lightened until every text on it can be read."""

from __future__ import annotations

from dataclasses import dataclass

ENOUGH = 4.5  # WCAG 2.2 AA for text
STEP = 0.02
WHITE, BLACK = (255, 255, 255), (0, 0, 0)
# The grounds that the accent stands on, as in csom/assets/tokens.css.
LIGHT_GROUNDS = ((255, 255, 255), (248, 248, 249), (241, 242, 244))
DARK_GROUNDS = ((20, 22, 26), (13, 15, 18), (28, 31, 37))
DARK_INK = (13, 15, 18)

Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Shades:
    """One theme's four: the fill, what is written on it, the faint fill, and the accent as text."""

    accent: str
    ink: str
    soft: str
    text: str


def light(accent: str) -> Shades:
    base = _parse(accent)
    soft = mix(base, WHITE, 0.9)
    fill = _until(base, BLACK, (WHITE, *LIGHT_GROUNDS))
    return Shades(_hex(fill), _hex(WHITE), _hex(soft), _hex(_until(base, BLACK, (*LIGHT_GROUNDS, soft))))


def dark(accent: str) -> Shades:
    base = _parse(accent)
    soft = mix(base, DARK_GROUNDS[0], 0.78)
    fill = _until(base, WHITE, (DARK_INK, *DARK_GROUNDS))
    return Shades(_hex(fill), _hex(DARK_INK), _hex(soft), _hex(_until(base, WHITE, (*DARK_GROUNDS, soft))))


def stylesheet(accent: str) -> str:
    """The tokens that differ from the product's own, both themes at once."""
    day, night = light(accent), dark(accent)
    pairs = {
        "--accent": (day.accent, night.accent),
        "--accent-ink": (day.ink, night.ink),
        "--accent-soft": (day.soft, night.soft),
        "--accent-text": (day.text, night.text),
    }
    return ":root{" + "".join(f"{name}:light-dark({a},{b});" for name, (a, b) in pairs.items()) + "}\n"


def contrast(one: str, other: str) -> float:
    """Of two colors, between 1 and 21."""
    return _contrast(_parse(one), _parse(other))


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """`share` of the other in the one."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _until(colour: Colour, towards: Colour, grounds: tuple[Colour, ...]) -> Colour:
    """As little of `towards` as makes the color readable on all grounds."""
    share = 0.0
    while share < 1:
        found = mix(colour, towards, share)
        if all(_contrast(found, ground) >= ENOUGH for ground in grounds):
            return found
        share += STEP
    return towards


def _contrast(one: Colour, other: Colour) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Colour) -> float:
    red, green, blue = (_linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _parse(colour: str) -> Colour:
    digits = colour.lstrip("#")
    return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


def _hex(colour: Colour) -> str:
    return "#" + "".join(f"{part:02x}" for part in colour)
