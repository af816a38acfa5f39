"""The texts that a workbook's cells share: in memory while they are few, else in a file of the moment."""

from __future__ import annotations

import os
import tempfile
from array import array
from typing import IO

from accounts.exports import unescaped
from accounts.imports.reading.format import CELL
from accounts.imports.reading.markup import bare, feed, parser

HELD = 4_000_000  # characters; more are written down
REMEMBERED = 20_000


class Strings:
    """By number, in the order of their adding."""

    def __init__(self) -> None:
        self._held: list[str] = []
        self._size = 0
        self._ends = array("I")  # where each written text ends; four bytes each, since there may be millions
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  (closed with the workbook)
        self._recent: dict[int, str] = {}

    def add(self, text: str) -> None:
        self._held.append(text)
        self._size += len(text)
        if self._size > HELD:
            self._write()

    def __getitem__(self, number: int) -> str:
        written = len(self._ends)
        if number >= written:
            return self._held[number - written]
        found = self._recent.get(number)
        if found is None:
            if len(self._recent) >= REMEMBERED:
                self._recent.clear()
            start = self._ends[number - 1] if number else 0
            found = self._recent[number] = os.pread(self._file.fileno(), self._ends[number] - start, start).decode()
        return found

    def close(self) -> None:
        self._file.close()

    def _write(self) -> None:
        end = self._ends[-1] if self._ends else 0
        for text in self._held:
            end += self._file.write(text.encode())
            self._ends.append(end)
        self._file.flush()
        self._held, self._size = [], 0


def read_strings(source: IO[bytes], strings: Strings) -> None:
    """The shared ones; a text of several runs is one text, what is only said aloud isn't part of it."""
    collector, made = _Collector(strings), parser()
    made.StartElementHandler, made.EndElementHandler = collector.start, collector.end
    made.CharacterDataHandler = collector.data
    for _piece in feed(made, source):
        pass


class _Collector:
    def __init__(self, strings: Strings) -> None:
        self.strings = strings
        self.text: list[str] = []
        self.length = 0
        self.inside = self.phonetic = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = bare(name)
        if tag == "si":
            self.text, self.length = [], 0
        elif tag == "t":
            self.inside = not self.phonetic
        elif tag == "rPh":
            self.phonetic = True

    def end(self, name: str) -> None:
        tag = bare(name)
        if tag == "t":
            self.inside = False
        elif tag == "rPh":
            self.phonetic = False
        elif tag == "si":
            self.strings.add(unescaped("".join(self.text)))

    def data(self, text: str) -> None:
        if self.inside:
            self.length += len(text)
            # One more piece than fits is kept, so that the cell is seen to be too long.
            if self.length - len(text) <= CELL:
                self.text.append(text)
