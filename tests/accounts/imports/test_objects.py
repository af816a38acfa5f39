"""JSON that people send: a list of flat objects or one object a line, refused row by row where it is anything else."""

import json
import tracemalloc

import pytest

from accounts.exports import as_json
from accounts.imports.reading import Format, Unreadable, headings, rows, sniff


@pytest.fixture
def read(tmp_path):
    """(format, headings, rows) of these bytes."""

    def read(body, name="book.json"):
        path = tmp_path / "file"
        path.write_bytes(body if isinstance(body, bytes) else body.encode())
        form = sniff(path.read_bytes()[: 1 << 20], name)
        return form, headings(path, form), list(rows(path, form))

    return read


def refusal(read, body):
    with pytest.raises(Unreadable) as refused:
        read(body)
    return refused.value.message


def faults(read, body):
    return [row.fault for row in read(body)[2]]


def test_our_own_export_is_read_as_it_was_written(read):
    head = ["Name", "Since", "Seats", "ARR", "Renews", "Note"]
    lines = [["Alder", "2026-01-31", 5, "1234.50", True, ""], ["=1+1", None, 0.5, None, False, "two\nlines"]]
    form, names, found = read("".join(as_json(head, lines)))
    assert form == Format(kind="json", delimiter="")
    assert names == head
    assert [row.number for row in found] == [1, 2]
    assert [[None if cell == "" else cell for cell in line] for line in lines] == [row.cells for row in found]


@pytest.mark.parametrize("between", ["\n", "\r\n", " "])
def test_one_object_a_line_is_a_table_too(read, between):
    form, names, found = read(between.join(['{"Name": "Alder", "ARR": 5}', '{"ARR": 6, "Name": "Basalt"}', ""]))
    assert (form.kind, names) == ("json", ["Name", "ARR"])
    assert [row.cells for row in found] == [["Alder", 5], ["Basalt", 6]]


def test_names_that_come_later_are_columns_all_the_same(read):
    _form, names, found = read('[{"Name": "Alder"}, {"City": "Ulm", "Name": ""}, {}, {"Name": null}]')
    assert names == ["Name", "City"]
    assert [(row.number, row.cells) for row in found] == [(1, ["Alder", None]), (2, ["", "Ulm"])]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_other_encodings_are_recognized(read, encoding):
    text = json.dumps([{"Name": "Grün", "City": "Münster"}] * 20, ensure_ascii=False)
    assert read(text.encode(encoding))[2][0].cells == ["Grün", "Münster"]


def test_a_row_that_is_wrong_says_where_and_leaves_the_others(read):
    body = json.dumps(
        [
            {"Name": "Alder", "Tags": "a"},
            {"Name": "Basalt", "Tags": ["a", {"b": [1]}]},
            {"Name": "Coral", "Tags": {"a": 1}},
            {"Name": "NUL\0", "Tags": ""},
            {"Name": "long", "Tags": "x" * 40_000},
            {"Name": 10**60, "Tags": ""},
            {"Name": "fine", "Tags": "b"},
        ]
    ).replace('"fine"', '"fi", "Name": "ne"')
    body = body[:-1] + ', {"Name": "huge", "Tags": 1e-999999999}, {"Name": "last", "Tags": true}]'
    flat = "a row is an object of texts, numbers, yes or no, and null"
    assert faults(read, body) == [
        "",
        f"Row 2, “Tags”: there is a list in it; {flat}.",
        f"Row 3, “Tags”: there is an object in it; {flat}.",
        "Row 4, “Name”: the value has a NUL character.",
        "Row 5, “Tags”: the value has 40,000 characters; a spreadsheet's cell holds 32,767 at most.",
        "Row 6, “Name”: the number has more than 40 digits.",
        "Row 7, “Name”: it is there twice.",
        "Row 8, “Tags”: the number has more than 40 digits.",
        "",
    ]
    assert read(body)[2][3].cells == ["NUL␀", ""]
    assert read(body)[2][8].cells == ["last", True]


def test_a_name_that_nobody_announced_refuses_its_row(read):
    body = "\n".join([json.dumps({"Name": "x" * 1000})] * 1100 + ['{"Name": "y", "Late": null}', '{"Late": "z"}'])
    *fine, last = read(body)[2]
    assert len(fine) == 1101
    assert last.fault == "Row 1102, “Late”: no object at the beginning of the file has this name."


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("[]", "There is nothing in the file."),
        ('[["Name", "City"], ["Alder", "Ulm"]]', "This isn't a list of objects"),
        ('[{"Name": "Alder"}, 5]', "This isn't a list of objects"),
        ('[{"Name": "Alder"}, {"Name": "Bas', "Row 2, “Name”: the file ends in the middle."),
        ('[{"Name": "Alder"} {"Name": "Basalt"}]', "Row 1: from here on this isn't JSON."),
        ('[{"Name": "Alder", "ARR": NaN}]', "Row 1, “ARR”: from here on this isn't JSON."),
        ('[{"Name": ' + "9" * 5_000 + "}]", "Row 0: the number has thousands of digits."),
        ('[{"Name": ' + "[" * 60 + "]" * 60 + "}]", "Row 1, “Name”: there is more than 50 deep in it."),
        ("[" + '{"a' + "a" * 2_000 + '": 1}]', "Row 1 has a name of 2,001 characters."),
        ('[{"a\\u0000b": 1}]', "Row 1 has a name with a NUL character."),
        (json.dumps([{str(n): n for n in range(201)}]), "The objects have more than 200 names."),
        ('[{"Näme": "Alder öäü", "City": "U'.encode() + b'\xff"}]', "Row 1, “City”: a byte here isn't text"),
        ('[{"Name": "Alder", "Note": "' + "x" * 40_000_000 + '"}]', "Row 1, “Note”: the value has more than"),
    ],
)  # fmt: skip
def test_a_file_of_no_use_says_why(read, body, said):
    assert refusal(read, body).startswith(said)


def test_many_rows_need_no_more_memory_than_few(tmp_path):
    def needed(count):
        path = tmp_path / f"{count}.json"
        with path.open("w") as file:
            file.writelines(as_json(["Name", "ARR"], ([f"Account {n}", n] for n in range(count))))
        form = sniff(path.read_bytes()[: 1 << 20], "a.json")
        tracemalloc.start()
        assert sum(1 for _row in rows(path, form)) == count
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    assert needed(60_000) < 2 * needed(6_000) + 2_000_000
