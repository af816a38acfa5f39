"""Whatever people send: it is read row by row, or it says what is wrong and where."""

import csv
import io
import random
import tracemalloc
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.exports import as_csv, as_xlsx
from accounts.imports.reading import (
    Format,
    Row,
    Unreadable,
    headings,
    likeliest_sheet,
    remarks,
    rows,
    settled,
    sheets,
    sniff,
)  # fmt: skip

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


@pytest.fixture
def read(tmp_path):
    """(format, headings, rows) of these bytes."""

    def read(body, name="book.csv", **format_):
        path = tmp_path / "file"
        path.write_bytes(body)
        found = sniff(body[: 1 << 20], name)
        found = Format.from_json(found.to_json() | format_)
        return found, headings(path, found), list(rows(path, found))

    return read


def refusal(read, body, name="book.csv"):
    with pytest.raises(Unreadable) as refused:
        read(body, name)
    return refused.value.message


def workbook(sheet, *, strings=(), styles="", extra=(), names=("Accounts",)):
    """A workbook as Excel writes it: shared strings, days by their style."""
    rels = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    package = "http://schemas.openxmlformats.org/package/2006"
    numbers = range(1, len(names) + 1)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kinds}.sheet.main+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kinds}.sharedStrings+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{kinds}.styles+xml"/>' + "</Types>",
        "xl/workbook.xml": f'<workbook {MAIN} xmlns:r="{rels}"><sheets>'
        + "".join(f'<sheet name="{name}" sheetId="{n}" r:id="r{n}"/>' for n, name in enumerate(names, 1))
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        + "".join(
            f'<Relationship Id="r{n}" Type="{rels}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
        )
        + "</Relationships>",
        "xl/sharedStrings.xml": f"<sst {MAIN}>" + "".join(f"<si>{text}</si>" for text in strings) + "</sst>",
        "xl/styles.xml": styles
        or f'<styleSheet {MAIN}><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>',
    }
    whole = f"<worksheet {MAIN}><sheetData>{sheet}</sheetData></worksheet>"
    parts |= {f"xl/worksheets/sheet{n}.xml": whole for n in numbers}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (parts | dict(extra)).items():
            archive.writestr(name, text)
    return buffer.getvalue()


HEAD = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
TEXTS = ("<t>name</t>", "<t>since</t>")


# --- delimited texts -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "mark", "found"),
    [
        ("utf-8", b"", "utf-8"),
        ("utf-8", b"\xef\xbb\xbf", "utf-8-sig"),
        ("utf-16-le", b"\xff\xfe", "utf-16"),
        ("utf-16-be", b"\xfe\xff", "utf-16"),
        ("utf-16-le", b"", "utf-16-le"),
        ("utf-16-be", b"", "utf-16-be"),
        ("cp1252", b"", "cp1252"),
    ],
)
def test_the_encoding_is_found(read, encoding, mark, found):
    body = mark + "Name;Umsatz\r\nMüller & Söhne;1.234,50 €\r\n".encode(encoding)
    form, names, lines = read(body)
    assert (form.encoding, form.delimiter) == (found, ";")
    assert names == ["Name", "Umsatz"]
    assert lines == [Row(2, ["Müller & Söhne", "1.234,50 €"])]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_among_other_marks(read, delimiter):
    cells = [["name", "note", "arr"], ["Acme, Inc.", "a; b | c", "1,5"], ["B", "x", "2"], ["C", "y", "3"]]
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter).writerows(cells)
    form, _names, lines = read(buffer.getvalue().encode())
    assert form.delimiter == delimiter
    assert [line.cells for line in lines] == cells[1:]


def test_a_spreadsheets_own_word_on_the_delimiter_counts(read):
    form, names, lines = read(b"sep=;\na,b;c\n1,2;3\n")
    assert (form.delimiter, names, lines) == (";", ["a,b", "c"], [Row(3, ["1,2", "3"])])


def test_rows_count_as_the_spreadsheet_counts(read):
    _form, _names, lines = read(b'a,b\n"1\n2",3\n\n,\n4,5\n')
    assert lines == [Row(2, ["1\n2", "3"]), Row(5, ["4", "5"])]


def test_headings_are_found_below_a_title(read, tmp_path):
    form, names, lines = read(b"Accounts of 2026,,\n,,\nname,arr,csm\nAcme,1,maya\n")
    assert names == ["name", "arr", "csm"]
    assert lines == [Row(4, ["Acme", "1", "maya"])]
    assert settled(tmp_path / "file", form).heading_row == 3


def test_headings_may_be_named_instead(read):
    _form, names, lines = read(b"x,y\nname,arr\nAcme,1\n", heading_row=2)
    assert (names, lines) == (["name", "arr"], [Row(3, ["Acme", "1"])])


def test_each_heading_is_there_once(read):
    _form, names, _lines = read(b"Name,Name,,Name (2),Name\n1,2,3,4,5\n")
    assert names == ["Name", "Name (2)", "Column C", "Name (2) (2)", "Name (3)"]


def test_ragged_rows_are_refused_by_themselves(read):
    _form, _names, lines = read(b"a,b,c\n1,2\n1,2,3,4\n1,2,3,,\n1,2,3\n")
    assert [line.fault for line in lines] == [
        "Row 2 has 2 cells, but there are 3 headings: it ends in column B.",
        "Row 3 has 4 cells, but there are 3 headings: column D is one too many. Is a delimiter not in quotes?",
        "",
        "",
    ]


def test_nul_bytes_and_stray_bytes_name_their_cell(read):
    body = "name,csm\nMüller,ä\n".encode() + b"A\0B,x\nCaf\xe9,y\nok,z\n"
    _form, _names, lines = read(body)
    assert [line.fault for line in lines] == [
        "",
        "Row 3, column A: the cell has a NUL byte.",
        "Row 4, column A: the byte E9 isn't UTF-8 (in Windows-1252 it would be “é”).",
        "",
    ]
    assert lines[1].cells == ["A␀B", "x"]  # as the database can hold it
    assert lines[2].cells == ["Caf\ufffd", "y"]


def test_rows_in_another_encoding_name_their_cell(read):
    latin = ["NESTLÉ® CAFÉ’S,3", "Ärger; Straße,4", "IRMÃ,5", "Café “Ö”,6", "Plain,7"]
    body = [b"Account,Id", "Über GmbH,1".encode(), *(line.encode("cp1252") for line in latin)]
    _found, _names, got = read(b"\r\n".join([*body, "7 – 8,é".encode()]), encoding="cp1252")
    assert [row.fault for row in got if row.fault] == [
        "Row 2, column A: the text is UTF-8 and not CP1252: “Über GmbH” is meant.",
        "Row 8, column A: the text is UTF-8 and not CP1252: “7 – 8” is meant.",
    ]


def test_formulas_stay_texts(read):
    assert read(b'a,b\n=1+1,"=HYPERLINK(""http://x"")"\n')[2] == [Row(2, ["=1+1", '=HYPERLINK("http://x")'])]


def test_too_many_columns_say_how_many(read):
    assert refusal(read, ",".join(f"c{n}" for n in range(300)).encode()) == "The file has 300 columns; 200 is the most."


def test_a_cell_of_40_mb_is_left_out_in_little_memory(tmp_path):
    path = tmp_path / "file"
    with path.open("wb") as file:
        file.write(b"a,b\n1,")
        for _ in range(40):
            file.write(b"x" * 1_000_000)
        file.write(b'\n2,"' + b"y\n" * 100_000 + b'"\n3,4\n' + b"5," + b"z" * 32_768 + b"\n")
    tracemalloc.start()
    try:
        found = list(rows(path, Format()))
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 16_000_000
    assert [line.fault for line in found] == [
        "Row 2, column B: the cell has more than 32,767 characters.",
        "Row 3, column B: the cell has more than 32,767 characters.",
        "",
        "Row 5, column B: the cell has 32,768 characters; a spreadsheet's holds 32,767 at most.",
    ]
    assert found[2] == Row(4, ["3", "4"])
    assert max(len(str(cell)) for line in found for cell in line.cells) <= 32_767


@pytest.mark.parametrize("rest", [b"3,4\n", b"3,4\n" * 100_000])
def test_a_quotation_mark_that_is_never_closed_swallows_nothing_silently(read, rest):
    body = b'a,b\n1,2\n2,"open\n' + rest
    try:
        faults = [line.fault for line in read(body)[2]]
    except Unreadable as refused:
        faults = [refused.message]
    assert "never closed" in faults[-1]
    assert "Row 3" in faults[-1]


WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(st.lists(st.lists(WORDS, min_size=3, max_size=3)))
def test_what_we_write_as_csv_comes_back(tmp_path_factory, lines):
    path = tmp_path_factory.mktemp("csv") / "file"
    path.write_text("".join(as_csv(["a", "b", "c"], lines)), encoding="utf-8", newline="")
    with path.open("rb") as file:
        form = sniff(file.read(1 << 20), "x.csv")
    found = [line.cells for line in rows(path, Format.from_json(form.to_json() | {"heading_row": 1}))]
    whole = list(csv.reader(io.StringIO("".join(as_csv(["a", "b", "c"], lines)), newline="")))[1:]
    assert found == [row for row in whole if any(row)]


# --- files that aren't what they say ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "name", "words"),
    [
        (b"", "a.csv", "empty"),
        (b"\xef\xbb\xbf \r\n", "a.csv", "empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "a.csv", "PNG picture"),
        (b"%PDF-1.7\n%\xe2\xe3", "a.csv", "PDF"),
        (b"\n <!DOCTYPE html><html><table>", "a.xls", "web page"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a.xls", "old Excel format"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "a.xlsx", "password"),
        (b"PK\x03\x04" + bytes(30) + b"photos/a.jpg", "a.xlsx", "ZIP archive"),
        (b"PK\x03\x04" + bytes(30) + b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "a.ods", "OpenDoc"),
        (b'<?xml version="1.0"?><Workbook/>', "a.xls", "XML"),
        (b"\x1f\x8b\x08\x00" + bytes(20), "a.csv.gz", "gzip"),
        (random.Random(7).randbytes(4_000), "a.csv", "binary"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_table_says_what_it_is(read, body, name, words):
    assert words in refusal(read, body, name)


def test_content_decides_and_not_the_name(read):
    assert read(b"a,b\n1,2\n", "a.xlsx")[0].kind == "csv"
    assert read(workbook(HEAD, strings=TEXTS), "a.csv")[0].kind == "xlsx"


def test_headings_that_cannot_be_read_refuse_the_file(read):
    assert refusal(read, b"a\0,b\n1,2\n") == "The headings can't be read. Row 1, column A: the cell has a NUL byte."


def test_a_delimiter_or_encoding_that_is_none_is_refused(tmp_path):
    (tmp_path / "file").write_bytes(b"a,b\n")
    for form in (Format(delimiter=";;"), Format(encoding="klingon"), Format(encoding="base64")):
        with pytest.raises(Unreadable):
            headings(tmp_path / "file", form)


# --- workbooks -------------------------------------------------------------------------------------------------------


def test_a_workbook_gives_typed_cells(read, tmp_path):
    sheet = HEAD + (
        '<row r="2"><c r="A2" t="s"><v>2</v></c><c r="B2" s="1"><v>46053</v></c></row>'
        '<row r="4"><c r="A4" t="inlineStr"><is><t>in</t><rPh><t>aloud</t></rPh><r><t>line</t></r></is></c>'
        '<c r="B4"><v>12.5</v></c></row>'
        '<row r="5"><c r="B5" t="b"><v>1</v></c></row>'
        '<row r="6"><c r="A6" t="str"><f>UPPER("x")</f><v>X</v></c><c r="B6"><f>1+1</f><v>2</v></c></row>'
    )
    body = workbook(sheet, strings=(*TEXTS, "<r><t>Ac</t></r><r><t>me</t></r><rPh><t>aloud</t></rPh>"))
    form, names, lines = read(body, "book.xlsx")
    assert (form.kind, names) == ("xlsx", ["name", "since"])
    assert [(line.number, [str(cell) for cell in line.cells], line.fault) for line in lines] == [
        (2, ["Acme", "2026-01-31"], ""),
        (4, ["inline", "12.5"], ""),
        (5, ["None", "True"], ""),
        (6, ["X", "2"], ""),
    ]


def test_faults_of_a_workbook_name_their_cell(read):
    long = "x" * 40_000
    sheet = HEAD + (
        '<row r="2"><c r="A2"><f>1+1</f></c></row>'
        '<row r="3"><c r="A3" t="s"><v>99</v></c></row>'
        f'<row r="4"><c r="B4" t="inlineStr"><is><t>{long}</t></is></c></row>'
        '<row r="5"><c r="A5" t="s"><v>2</v></c></row>'
        '<row r="6"><c r="A6"><v>1</v></c><c r="D6"><v>2</v></c></row>'
        '<row r="7"><c r="A7"><v>1e999</v></c></row>'
    )
    faults = [line.fault for line in read(workbook(sheet, strings=(*TEXTS, f"<t>{long}</t>")), "b.xlsx")[2]]
    assert faults == [
        "Row 2, column A: the formula has no result yet; open the file in Excel and save it.",
        "Row 3, column A: “99” can't be read.",
        "Row 4, column B: the cell has 40,000 characters; 32,767 is the most that Excel allows.",
        "Row 5, column A: the cell has more than 32,767 characters, the most that Excel allows.",
        "Row 6, column D: the cell has no heading above it.",
        "Row 7, column A: “1e999” can't be read.",
    ]


def test_the_sheet_is_chosen_by_name(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(workbook(HEAD, strings=TEXTS, names=("One", "Two")))
    assert sheets(path) == ["One", "Two"]
    assert headings(path, Format(kind="xlsx", sheet="Two")) == ["name", "since"]
    with pytest.raises(Unreadable, match="no sheet “Three”"):
        headings(path, Format(kind="xlsx", sheet="Three"))


def test_what_we_write_as_a_workbook_comes_back(tmp_path):
    texts = ["=1+1", "_x0041_", "a\rb", " x ", "<&>"]
    path = tmp_path / "file"
    path.write_bytes(b"".join(as_xlsx(["a", "b"], [[text, 3] for text in texts])))
    assert [line.cells for line in rows(path, Format(kind="xlsx"))] == [[text, 3] for text in texts]


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        ({"xl/worksheets/sheet1.xml": b"<row>" * 40_000_000}, "would unpack to 190 MB"),
        ({"xl/styles.xml": random.Random(7).randbytes(9 << 20)}, "too large"),
        ({"xl/worksheets/sheet1.xml": f'<!DOCTYPE x [<!ENTITY a "b">]><worksheet {MAIN}/>'}, "markup of its own"),
        ({"xl/styles.xml": f'<!DOCTYPE x [<!ENTITY a "b">]><styleSheet {MAIN}/>'}, "damaged"),
        ({"xl/worksheets/sheet1.xml": f"<worksheet {MAIN}><sheetData><row"}, "damaged"),
        ({"xl/worksheets/sheet1.xml": f'<worksheet {MAIN}><sheetData a="' + "x" * 2_000_000}, "damaged"),
        ({"[Content_Types].xml": "<Types/>"}, "damaged"),
        ({f"xl/media/{n}": b"" for n in range(5_001)}, "5,000 parts"),
    ],
    ids=["bomb", "styles", "entities", "entities in styles", "torn", "endless tag", "no contents", "parts"],
)
def test_a_hostile_workbook_is_not_unpacked(read, extra, words):
    body = workbook(HEAD, strings=TEXTS, extra=extra)
    tracemalloc.start()
    try:
        assert words in refusal(read, body, "book.xlsx")
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < len(body) * 3 + 24_000_000


def test_a_workbook_that_ends_too_early_is_damaged(read):
    body = workbook(HEAD, strings=TEXTS)
    assert "damaged" in refusal(read, body[: len(body) // 2], "book.xlsx")


def test_many_shared_texts_leave_memory(tmp_path, monkeypatch):
    monkeypatch.setattr("accounts.imports.reading.strings.HELD", 100)
    texts = [f"<t>text {n} ü</t>" for n in range(50)]
    sheet = HEAD + "".join(f'<row><c t="s"><v>{n}</v></c><c t="s"><v>{51 - n}</v></c></row>' for n in range(2, 50))
    path = tmp_path / "file"
    path.write_bytes(workbook(sheet, strings=(*TEXTS, *texts)))
    found = [line.cells for line in rows(path, Format(kind="xlsx"))]
    assert found == [[f"text {n - 2} ü", f"text {49 - n} ü"] for n in range(2, 50)]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_memory_does_not_grow_with_the_rows(tmp_path, kind):
    def peak(count):
        path = tmp_path / str(count)
        lines = ([f"Acme {n}", f"https://{n}.example.com", n] for n in range(count))
        head = ["name", "site", "arr"]
        written = b"".join(as_xlsx(head, lines)) if kind == "xlsx" else "".join(as_csv(head, lines)).encode()
        path.write_bytes(written)
        form = sniff(written[: 1 << 20], "")
        del written
        tracemalloc.start()
        try:
            assert sum(1 for _row in rows(path, form)) == count
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(100)  # what is loaded once
    assert peak(20_000) < peak(1_000) + 1_000_000


def test_a_format_goes_through_json_and_forgets_what_it_does_not_know():
    form = Format(kind="xlsx", sheet="Zwei", decimal=",", dates="dmy", currency="EUR", heading_row=3)
    assert Format.from_json(form.to_json() | {"of_tomorrow": 1}) == form


def sheet_of(*lines):
    """Rows of texts and figures; what begins with = is a formula that nobody calculated."""

    def cell(value):
        if isinstance(value, str) and value.startswith("="):
            return f"<c><f>{value[1:]}</f><v></v></c>"
        return f"<c><v>{value}</v></c>" if isinstance(value, int) else f'<c t="inlineStr"><is><t>{value}</t></is></c>'

    return "".join(f"<row>{''.join(map(cell, line))}</row>" for line in lines)


def book_of(**sheets_):
    """A workbook of several sheets, each by its rows."""
    wholes = {
        f"xl/worksheets/sheet{n}.xml": f"<worksheet {MAIN}><sheetData>{sheet_of(*lines)}</sheetData></worksheet>"
        for n, lines in enumerate(sheets_.values(), 1)
    }
    return workbook("", names=tuple(sheets_), extra=wholes)


COVER = (["Customer list"], ["Prepared by", "Ada"], ["Date", "2026"], ["Confidential"])
TABLE = (["Name", "ARR", "City"], ["Alder", 5, "Ulm"], ["Basalt", 6, "Bonn"])


@pytest.mark.parametrize(
    ("sheets_", "likeliest"),
    [
        ({"Only": COVER}, "Only"),
        ({"Cover": COVER, "Data": TABLE}, "Data"),
        ({"Data": TABLE, "More": (*TABLE, *TABLE, *TABLE)}, "Data"),
        ({"Empty": (), "Data": (["Name"], ["Alder"])}, "Data"),
        ({"Cover": COVER[:1], "Pairs": (["Name", "ARR"], ["Alder", 5])}, "Pairs"),
    ],
)
def test_the_sheet_with_a_table_is_found_behind_a_cover(tmp_path, sheets_, likeliest):
    (tmp_path / "file").write_bytes(book_of(**sheets_))
    assert likeliest_sheet(tmp_path / "file") == likeliest


def test_formulas_that_nobody_calculated_are_named_once_and_kept(read):
    lines = (["Name", "Seats", "ARR"], ["Alder", 5, "=B2*100"], ["=UPPER(A2)", 6, "=B3*100"])
    _form, names, found = read(book_of(Data=lines), "b.xlsx")
    assert [row.cells for row in found] == [["Alder", 5, "=B2*100"], ["=UPPER(A2)", 6, "=B3*100"]]
    assert all("no result yet" in row.fault for row in found)
    assert remarks(names, found) == [
        "Columns “Name”, “ARR”: there are formulas that were never calculated, so their cells have no result and "
        "their rows will be refused. Open the file in Excel or LibreOffice, save it, and send that."
    ]
    assert remarks(names, [row._replace(cells=["Alder", 5, 500]) for row in found]) == []
