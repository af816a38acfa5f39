"""Writing that is read at once: blocks of a decent size, and an outbox in place of a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

BLOCK = 64 * 1024


def blocks(pieces: Iterable[str]) -> Iterator[bytes]:
    """Many small texts as few larger pieces of UTF-8."""
    waiting: list[str] = []
    size = 0
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size >= BLOCK:
            yield "".join(waiting).encode()
            waiting, size = [], 0
    if waiting:
        yield "".join(waiting).encode()


class Outbox:
    """A file that can only be written to, and is emptied while it grows."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        self._size += len(data)
        return len(data)

    def flush(self) -> None:
        """Nothing is held back that could be pushed on."""

    def full(self) -> bool:
        return self._size >= BLOCK

    def taken(self) -> bytes:
        data = b"".join(self._parts)
        self._parts, self._size = [], 0
        return data
