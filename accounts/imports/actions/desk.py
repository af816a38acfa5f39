"""What a worker's turn keeps at hand between its transactions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import chain, dropwhile, islice

from accounts.imports.actions import checking, files
from accounts.imports.models import Import, Kind
from accounts.imports.reading import Format, Row, rows
from accounts.imports.values import Reader
from accounts.tenancy.context import tenant_context


@dataclass
class Desk:
    """The open file, and where reading it stands. `asked`: the import whose file a step found missing here."""

    stack: ExitStack = field(default_factory=ExitStack)
    job: int | None = None
    rows: Iterator[Row] = field(default_factory=lambda: iter(()))
    reader: Reader | None = None
    read: int = -1
    asked: int | None = None
    workbook: bool = False  # to find one's place in it again takes longer than in a text

    def holds(self, job: Import) -> bool:
        """False as well where another worker has read the last batch."""
        return self.job == job.pk and self.read == job.rows_read

    def lay_out(self, tenant_id: int) -> None:
        """Opens the file where the last batch ended: the rows before are passed over outside any transaction."""
        self.clear()
        with tenant_context(tenant_id):
            job = Import.objects.get(pk=self.asked or 0)
            path = self.stack.enter_context(files.restored(job))
            reader, after = checking.reader_of(job), job.place.get("after", 0)
        source = dropwhile(lambda row: row.number <= after, rows(path, Format.from_json(job.format)))
        self.rows = chain(list(islice(source, 1)), source)
        self.job, self.read, self.reader = job.pk, job.rows_read, reader
        self.workbook = job.kind != Kind.CSV
        self.asked = None

    def clear(self) -> None:
        self.stack.close()
        self.job, self.rows, self.reader, self.workbook = None, iter(()), None, False
