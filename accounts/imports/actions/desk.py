"""What a worker's turn keeps at hand between its transactions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import dropwhile

from accounts.imports.actions import checking, files
from accounts.imports.models import Import
from accounts.imports.reading import Format, Row, rows
from accounts.imports.values import Reader


@dataclass
class Desk:
    """The open file, and where reading it stands."""

    stack: ExitStack = field(default_factory=ExitStack)
    job: int | None = None
    rows: Iterator[Row] = field(default_factory=lambda: iter(()))
    reader: Reader | None = None
    read: int = -1

    def lay_out(self, job: Import) -> None:
        """Opens the file where the last batch ended; another worker may have read that one."""
        if self.job == job.pk and self.read == job.rows_read:
            return
        self.stack.close()
        path = self.stack.enter_context(files.restored(job))
        after = job.place.get("after", 0)
        source = rows(path, Format.from_json(job.format))
        self.rows = dropwhile(lambda row: row.number <= after, source)
        self.job, self.read, self.reader = job.pk, job.rows_read, checking.reader_of(job)
