"""How long the other side may take: all of it, not each piece that comes."""

from __future__ import annotations

import socket
import threading

_here = threading.local()


class Deadline:
    """Cuts the connection when time is up, whatever piece of the answer it waits for."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.passed = seconds, False
        self._sockets: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self._cut)

    def __enter__(self) -> Deadline:
        self._timer.daemon = True
        self._timer.start()
        _here.deadline = self
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        _here.deadline = None
        for each in self._sockets:
            each.close()

    def watch(self, connected: socket.socket) -> None:
        # A copy: TLS takes the socket's place, and shutting down any copy ends the connection itself.
        self._sockets.append(connected.dup())
        if self.passed:  # time was up before there was a connection
            self._cut()

    def _cut(self) -> None:
        self.passed = True
        for each in self._sockets:
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


def watched(connected: socket.socket) -> socket.socket:
    deadline: Deadline | None = getattr(_here, "deadline", None)
    if deadline is not None:
        deadline.watch(connected)
    return connected
