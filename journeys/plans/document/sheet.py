"""A4 with a typeface that knows accents, Greek and Cyrillic; the core fonts where the assets weren't built."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings
from fpdf import FPDF

REGULAR, BOLD = "inter-400.ttf", "inter-600.ttf"
MARGIN, FOOT = 20, 18
INK, GREY, FAINT, LINE = (21, 23, 28), (98, 105, 120), (241, 242, 244), (211, 214, 220)
# What the core fonts lack and a reader can do without.
PLAIN = str.maketrans({
    "€": "EUR", "–": "-", "—": "-", "−": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "…": "...", "•": "-", "→": ">",
    "₹": "INR ", "₩": "KRW ", "₪": "ILS ",
})  # fmt: skip


@lru_cache(maxsize=1)
def typeface() -> tuple[Path, Path] | None:
    """Where the built font is: beside the stylesheet, or among the collected files."""
    for root in (settings.BASE_DIR / "static", Path(settings.STATIC_ROOT)):
        found = root / "dist" / REGULAR, root / "dist" / BOLD
        if all(path.exists() for path in found):
            return found
    return None


class Sheet(FPDF):
    """Knows the margins, the foot of each page and how to write a text."""

    def __init__(self, foot: str, accent: tuple[int, int, int]) -> None:
        super().__init__(format="A4")
        self.foot, self.accent = foot, accent
        self.family = "Helvetica"
        if found := typeface():
            self.family = "Inter"
            self.add_font("Inter", "", found[0])
            self.add_font("Inter", "B", found[1])
        self.set_margins(MARGIN, MARGIN, MARGIN)
        self.c_margin = 0  # text begins where the lines do
        self.set_auto_page_break(True, margin=FOOT + 6)
        self.alias_nb_pages()

    def footer(self) -> None:
        self.set_y(-FOOT)
        self.pen(8, colour=GREY)
        self.cell(0, 5, self.known(self.foot))
        self.set_y(-FOOT)
        self.cell(0, 5, f"{self.page_no()} / {{nb}}", align="R")

    def pen(self, size: float, *, bold: bool = False, colour: tuple[int, int, int] = INK) -> None:
        self.set_font(self.family, "B" if bold else "", size)
        self.set_text_color(*colour)

    def known(self, text: str) -> str:
        """With every sign that the typeface lacks replaced, so that a foreign name can't break a document."""
        if self.family == "Helvetica":
            return text.translate(PLAIN).encode("latin-1", "replace").decode("latin-1")
        letters = self.fonts["inter"].cmap  # type: ignore[union-attr]
        return "".join(sign if sign in "\n" or ord(sign) in letters else "?" for sign in text)

    def write_text(
        self, text: str, size: float = 10, *, bold: bool = False, colour: tuple[int, int, int] = INK, gap: float = 1.5
    ) -> None:
        """A paragraph over the whole width."""
        self.pen(size, bold=bold, colour=colour)
        self.multi_cell(0, size * 0.5, self.known(text), align="L", new_x="LMARGIN", new_y="NEXT")
        self.ln(gap)

    def heading(self, text: str) -> None:
        """Not at the very end of a page."""
        if self.will_page_break(24):
            self.add_page()
        self.ln(4)
        self.write_text(text, 12, bold=True, gap=1)
        self.rule()
        self.ln(2)

    def rule(self) -> None:
        self.set_draw_color(*LINE)
        self.set_line_width(0.2)
        self.line(self.l_margin, self.y, self.w - self.r_margin, self.y)

    def bar(self, percent: int) -> None:
        """How far, as a part of the width."""
        width, height = self.epw, 1.6
        self.set_fill_color(*FAINT)
        self.rect(self.x, self.y, width, height, "F")
        self.set_fill_color(*self.accent)
        if percent:
            self.rect(self.x, self.y, width * percent / 100, height, "F")
        self.ln(height + 1.5)

    def box(self, done: bool) -> None:
        """A square to tick at the beginning of a line."""
        self.set_draw_color(*GREY)
        self.set_line_width(0.3)
        top = self.y + 0.9
        self.rect(self.x, top, 3, 3)
        if done:
            self.set_draw_color(*self.accent)
            self.set_line_width(0.6)
            self.polyline([(self.x + 0.6, top + 1.6), (self.x + 1.3, top + 2.4), (self.x + 2.5, top + 0.7)])
        self.set_x(self.x + 5)
