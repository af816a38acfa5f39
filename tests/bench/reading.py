"""A process of its own that reads so many rows of a workbook or of JSON, and says how long and with how much memory."""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from accounts.exports import KINDS
from accounts.imports.reading import likeliest_sheet, rows, sniff

HEAD = ("Name", "Domain", "External ID", "Industry", "Region", "Segment", "Currency", "ARR")


def book(count: int) -> Iterator[tuple[object, ...]]:
    for n in range(count):
        yield f"Imported {n}, Inc.", f"i{n}.example", f"imp-{n}", "Retail", "EMEA", f"Segment {n % 4}", "USD", n


if __name__ == "__main__":
    kind, wanted = KINDS[sys.argv[1]], int(sys.argv[2])
    with tempfile.NamedTemporaryFile(suffix=f".{kind.code}") as file:
        for piece in kind.written(HEAD, book(wanted), "Accounts"):
            file.write(piece)
        file.flush()
        path = Path(file.name)
        started = time.perf_counter()
        with path.open("rb") as source:
            form = sniff(source.read(1 << 20), path.name)
        if kind.code == "xlsx":
            likeliest_sheet(path)
        assert sum(1 for _row in rows(path, form)) == wanted
        seconds = time.perf_counter() - started
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    sys.stdout.write(json.dumps({"bytes": most, "seconds": seconds}) + "\n")
