"""CSV that no spreadsheet calculates with, and that every reader reads back."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
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
