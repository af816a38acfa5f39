"""The one writer of Excel workbooks: cells are texts, figures and days, never formulas; sent while it is written."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import chain, islice
from xml.sax.saxutils import escape, quoteattr

from accounts.exports.bundles import as_zip
from accounts.exports.streams import blocks
from accounts.exports.texts import plain

# What a sheet and a cell can hold.
MOST_ROWS = 1_048_576
LONGEST = 32_767
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# Days before this one are counted differently by different programs.
EPOCH, FIRST_DAY = dt.date(1899, 12, 30), dt.date(1900, 3, 1)
DAY, HEADING = 1, 2
STYLES = (
    f'{XML}<styleSheet xmlns="{MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf/>'
    '<xf numFmtId="164" applyNumberFormat="1"/><xf fontId="1" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
# What XML can't hold, a carriage return that it would lose, and an underscore that would look like one of these.
UNSPEAKABLE = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def as_xlsx(head: Sequence[str], rows: Iterable[Sequence[object]], title: str = "Sheet") -> Iterator[bytes]:
    """One sheet, or as many as the rows need. Its list of contents comes last, when their number is known."""
    return as_zip(_parts(head, iter(rows), title))


def escaped(text: str) -> str:
    """A text as a cell of a workbook can hold it: «_x000D_» for a carriage return."""
    return UNSPEAKABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def unescaped(text: str) -> str:
    return ESCAPE.sub(_unescape, text) if "_x" in text else text


def _unescape(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return found[0] if 0xD800 <= code <= 0xDFFF else chr(code)


def _parts(head: Sequence[str], rows: Iterator[Sequence[object]], title: str) -> Iterator[tuple[str, Iterable[bytes]]]:
    count = 0
    following: tuple[Sequence[object], ...] = ()
    while not count or following:
        count += 1
        sheet = islice(chain(following, rows), MOST_ROWS - 1)
        yield f"xl/worksheets/sheet{count}.xml", blocks(_sheet(head, sheet))
        following = tuple(islice(rows, 1))
    yield "xl/styles.xml", [STYLES.encode()]
    for name, text in _contents(title, range(1, count + 1)):
        yield name, [(XML + text).encode()]


def _sheet(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    yield (
        f'{XML}<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" '
        f'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols><col min="1" max="{len(head)}" '
        'width="22" customWidth="1"/></cols><sheetData><row>'
    )
    yield "".join(_text(heading, f' s="{HEADING}"') for heading in head) + "</row>"
    for row in rows:
        yield "<row>" + "".join([_cell(value) for value in row]) + "</row>"
    yield "</sheetData></worksheet>"


def _cell(value: object) -> str:
    if value is None or value == "":
        return "<c/>"
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return f"<c><v>{plain(value)}</v></c>"
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime) and value >= FIRST_DAY:
        return f'<c s="{DAY}"><v>{(value - EPOCH).days}</v></c>'
    return _text(plain(value))


def _text(text: str, style: str = "") -> str:
    cut = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    return f'<c{style} t="inlineStr"><is><t xml:space="preserve">{escape(escaped(cut))}</t></is></c>'


def _contents(title: str, sheets: Sequence[int]) -> Iterator[tuple[str, str]]:
    """The small parts that say what is where."""
    names = [quoteattr(title[:25] if n == 1 else f"{title[:25]} {n}") for n in sheets]
    listed = "".join(f'<sheet name={name} sheetId="{n}" r:id="rId{n}"/>' for n, name in zip(sheets, names, strict=True))
    yield (
        "xl/workbook.xml",
        f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>{listed}</sheets></workbook>',
    )
    targets = [(f"rId{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in sheets]
    yield "xl/_rels/workbook.xml.rels", _relations([*targets, ("rIdStyles", "styles", "styles.xml")])
    yield "_rels/.rels", _relations([("rId1", "officeDocument", "xl/workbook.xml")])
    kinds = {"workbook.xml": "sheet.main", "styles.xml": "styles"}
    kinds |= {f"worksheets/sheet{n}.xml": "worksheet" for n in sheets}
    parts = "".join(
        f'<Override PartName="/xl/{name}" ContentType="{TYPES}.{kind}+xml"/>' for name, kind in kinds.items()
    )
    yield (
        "[Content_Types].xml",
        f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType='
        f'"application/vnd.openxmlformats-package.relationships+xml"/>{parts}</Types>',
    )


def _relations(targets: Iterable[tuple[str, str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="{name}" Type="{RELATIONS}/{kind}" Target="{target}"/>' for name, kind, target in targets
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{listed}</Relationships>'
