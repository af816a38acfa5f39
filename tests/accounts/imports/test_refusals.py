"""The file of refused rows: all that a row said comes back, with the reason beside it."""

import io

import openpyxl
import pytest

from accounts.exports import as_csv
from accounts.imports.actions import imports, refusals, working
from accounts.imports.models import Stage
from accounts.imports.suggesting import suggest

pytestmark = pytest.mark.django_db


def tried(acme, body, name="book.csv"):
    job = imports.open(name, [body], noun="account", by=acme.olly)
    imports.check(job, by=acme.olly)
    working.go_on(acme.tenant.pk)
    job.refresh_from_db()
    assert job.stage == Stage.CHECKED
    return job


def refused(job):
    head, rows = imports.refused_rows(job)
    return head, list(rows)


def test_surplus_cells_and_nul_bytes_are_kept(acme):
    body = b"Name,Region,City\nAlder,EMEA,Ulm\nBasalt,AMER,x,,y@z.example\nCo\0ral,b," + b"z" * 300 + b"\nDrumlin\n"
    head, rows = refused(tried(acme, body))
    assert head == ["Name", "Region", "City", "surplus 1", "surplus 2", refusals.REASON]
    assert [row[:-1] for row in rows] == [
        ["Basalt", "AMER", "x", "", "y@z.example"],
        ["Co␀ral", "b", "z" * 300, "", ""],
        ["Drumlin", "", "", "", ""],
    ]
    assert [row[-1].partition(":")[0] for row in rows] == [
        "Row 3 has 5 cells, but there are 3 headings",
        "Row 4, column A",
        "Row 5 has 1 cell, but there are 3 headings",
    ]


def test_a_row_of_very_many_cells_keeps_the_rest_in_the_last_column(acme):
    cells = [str(n) for n in range(60)]
    head, rows = refused(tried(acme, b"Name,Region\n" + b"Alder,EMEA\n" * 20 + ",".join(cells).encode() + b"\n"))
    assert len(head) == 2 + refusals.MOST_SURPLUS + 1
    assert rows[-1][:-2] == cells[:51]
    assert rows[-1][-2] == " | ".join(cells[51:])


def test_formulas_come_back_as_they_were_and_harmless(acme):
    book = openpyxl.Workbook()
    for line in (["Name", "Region"], ["=1+1", "EMEA"]):
        book.active.append(line)
    body = io.BytesIO()
    book.save(body)
    job = tried(acme, body.getvalue(), "book.xlsx")
    assert job.remarks[0].startswith("Column “Name”: there are formulas that were never calculated")
    head, rows = refused(job)
    assert rows[0][:2] == ["=1+1", "EMEA"]
    assert '"\'=1+1","EMEA"' in "".join(as_csv(head, rows))


def test_columns_that_only_refusals_have_mean_nothing():
    head = ["Name", "surplus 1", refusals.REASON]
    assert suggest("account", head, [["a", "x@y.example", "u@v.example"]] * 3, {"account.name": "", "contact.email": ""}, {}) == {0: "account.name"}  # fmt: skip  # noqa: E501
