"""The file of an import: kept in parts as rows, put together again where a worker needs it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from accounts.actions.errors import refuse
from accounts.imports.models import FilePart, Import

PART = 1024 * 1024
LARGEST = 1024 * PART


def keep(job: Import, chunks: Iterable[bytes]) -> tuple[int, int]:
    """Stores the file; its bytes and its lines."""
    number = size = lines = 0
    part = b""
    for number, part in enumerate(_parts(chunks)):
        size += len(part)
        lines += part.count(b"\n")
        if size > LARGEST:
            raise refuse("file", "The file is larger than a gigabyte: split it.")
        FilePart.objects.create(job=job, number=number, body=part)
    if not size:
        raise refuse("file", "The file is empty.")
    return size, lines + (not part.endswith(b"\n"))


@contextmanager
def restored(job: Import, *, parts: int | None = None) -> Iterator[Path]:
    """The file on this machine's disk for a while; `parts`: only so many megabytes of its beginning."""
    with tempfile.NamedTemporaryFile(prefix="csom-import-", suffix=f".{job.kind}") as file:
        wanted = FilePart.objects.filter(job=job).order_by("number")
        if parts is not None:
            wanted = wanted.filter(number__lt=parts)
        numbers = list(wanted.values_list("number", flat=True))
        for number in numbers:
            file.write(FilePart.objects.values_list("body", flat=True).get(job=job, number=number))
        file.flush()
        yield Path(file.name)


def _parts(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Cut anew into parts of one size, whatever the size they come in."""
    waiting = bytearray()
    for chunk in chunks:
        waiting += chunk
        while len(waiting) >= PART:
            yield bytes(waiting[:PART])
            del waiting[:PART]
    if waiting:
        yield bytes(waiting)
