"""Files that no spreadsheet calculates with, that every reader reads back, and that are written while they are sent."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import itertools
import json
import tracemalloc
import zipfile
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts import exports

CELLS = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


def read(lines) -> list[list[str]]:
    return list(csv.reader(io.StringIO("".join(lines).removeprefix(exports.MARK), newline="")))


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("Acme", "Acme"), ("", ""), (None, ""), (12, "12"), ("-12.50", "-12.50"), ("+49", "+49"),
        ("=1+1", "'=1+1"), ("+cmd", "'+cmd"), ("-2+3", "'-2+3"), ("@SUM(A1)", "'@SUM(A1)"), ("\t=1", "'\t=1"),
        ("  =1", "'  =1"), ("\r\n=1", "'\r\n=1"), ("＝1", "'＝1"),
        ("－x", "'－x"), ("−5 d", "−5 d"), ("a=b", "a=b"), ("1,5", "1,5"),
        ("1٢", "1٢"),
    ],
)  # fmt: skip
def test_a_would_be_formula_becomes_text(value, cell):
    assert exports.harmless(value) == cell


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=5))
def test_every_cell_is_read_back_and_none_is_a_formula(rows):
    back = read(exports.as_csv(["a", "b", "c"], rows))
    assert back[0] == ["a", "b", "c"]
    assert len(back) == len(rows) + 1
    for row, cells in zip(rows, back[1:], strict=True):
        for value, cell in zip(row, cells, strict=True):
            assert cell in (value, "'" + value)
            assert exports.NUMBER.fullmatch(cell) or not cell.strip().startswith(exports.FORMULA)
            assert exports.NUMBER.fullmatch(cell) or not cell.startswith(exports.FORMULA)


def test_lines_come_one_by_one():
    endless = (["x"] for _ in iter(int, 1))
    lines = exports.as_csv(["head"], endless)
    assert [next(lines), next(lines)] == ['\ufeff"head"\r\n', '"x"\r\n']


@pytest.mark.parametrize("text", ["=1", "'=1", "''=1", "'x", "'", "", "'-5", "-5", "' =1", "\t'=1", "'\n", "'’"])
def test_what_was_made_harmless_is_told_from_what_looked_so(text):
    assert exports.unharmed(exports.harmless(text)) == text


@given(CELLS)
def test_no_text_is_lost_by_an_apostrophe(text):
    assert exports.unharmed(exports.harmless(text)) == text


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (True, "Yes"), (False, "No"), (Decimal("1234.50"), "1234.50"), (Decimal("4.329"), "4.3290"),
        (1e-7, "0.0000001"), (12.25, "12.25"), (dt.date(2026, 2, 3), "2026-02-03"),
        (dt.datetime(2026, 2, 3, 4, 5, 6, tzinfo=dt.timezone(dt.timedelta(hours=1))), "2026-02-03T03:05:06Z"),
    ],
)  # fmt: skip
def test_values_are_said_as_every_reader_takes_them(value, cell):
    assert exports.harmless(value) == cell


def sheets(pieces) -> list[list[list[object]]]:
    book = openpyxl.load_workbook(io.BytesIO(b"".join(pieces)))
    return [[[cell.value for cell in row] for row in table.rows] for table in book]


def test_a_workbook_has_texts_figures_and_days(tmp_path):
    row = ["=1+1", Decimal("12.50"), 7, dt.date(2026, 2, 3), True, None, "#N/A", dt.date(1850, 1, 1), " a\nb "]
    [table] = sheets(
        exports.as_xlsx([str(n) for n in range(9)], [row], "A title that is far too long for a sheet's name")
    )
    assert table[1] == [
        "=1+1", 12.5, 7, dt.datetime(2026, 2, 3), "Yes", None, "#N/A", "1850-01-01", " a\nb ",
    ]  # fmt: skip


@settings(max_examples=40)
@given(CELLS)
def test_every_text_fits_into_a_workbook(text):
    [[_head, *found]] = sheets(exports.as_xlsx(["a", "b"], [["x", text]]))
    said = found[0][1] if found else None
    assert exports.unescaped(said or "") == text


def test_rows_past_the_end_of_a_sheet_go_on_in_the_next(monkeypatch):
    monkeypatch.setattr("accounts.exports.workbooks.MOST_ROWS", 3)
    tables = sheets(exports.as_xlsx(["a"], [[n] for n in range(5)]))
    assert tables == [[["a"], [0], [1]], [["a"], [2], [3]], [["a"], [4]]]
    assert sheets(exports.as_xlsx(["a"], [])) == [[["a"]]]


@given(st.lists(st.lists(CELLS, min_size=2, max_size=2), max_size=5))
def test_json_is_one_list_of_objects(rows):
    said = json.loads("".join(exports.as_json(["a", "b"], rows)))
    assert said == [{"a": one or None, "b": other or None} for one, other in rows]


@pytest.mark.parametrize("kind", exports.KINDS.values(), ids=exports.KINDS)
def test_the_first_piece_comes_before_the_last_row(kind):
    endless = ([hashlib.sha256(str(n).encode()).hexdigest(), n] for n in itertools.count())
    pieces = exports.as_zip([("a", kind.written(["a", "n"], endless, "t"))])
    assert next(pieces).startswith(b"PK")


@pytest.mark.parametrize("kind", exports.KINDS.values(), ids=exports.KINDS)
def test_more_rows_need_no_more_memory(kind):
    def most(count: int) -> int:
        tracemalloc.start()
        files = [("a", kind.written(["a", "n"], ([f"Account {n}", n] for n in range(count)), "t"))]
        size = sum(len(piece) for piece in exports.as_zip(files))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert size > 1000
        return peak

    assert most(10_000) < most(1_000) + 512 * 1024


def test_a_zip_that_was_streamed_is_whole():
    files = [(f"{n}.csv", [b"a" * 100_000] * n) for n in range(4)]
    archive = zipfile.ZipFile(io.BytesIO(b"".join(exports.as_zip(files))))
    assert archive.testzip() is None
    assert [archive.getinfo(name).file_size for name in archive.namelist()] == [0, 100_000, 200_000, 300_000]
