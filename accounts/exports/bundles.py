"""Many files in one ZIP that is written while it is sent: no disk, and no more memory for more rows."""

from __future__ import annotations

import time
import zipfile
from collections.abc import Iterable, Iterator
from typing import IO, cast

from accounts.exports.streams import Outbox


def as_zip(files: Iterable[tuple[str, Iterable[bytes]]]) -> Iterator[bytes]:
    """(name, its pieces) one after the other; a file's pieces are asked for only when it is its turn."""
    outbox = Outbox()
    with zipfile.ZipFile(cast(IO[bytes], outbox), "w") as archive:
        for name, pieces in files:
            with archive.open(_entry(name), "w", force_zip64=True) as entry:
                for piece in pieces:
                    entry.write(piece)
                    if outbox.full():
                        yield outbox.taken()
    yield outbox.taken()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, time.localtime()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry
