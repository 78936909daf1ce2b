"""A line between two parts that can be cut, lose what is on its way, be reset and slowed down: a TCP proxy.

It stands on the loopback interface, or at the far end of a wire, which is then what is cut.
"""

from __future__ import annotations

import socket
import struct
import threading
import time
from contextlib import suppress

from tests.faults.wires import Wire

CHUNK = 1 << 16
NOTICES = {socket.TCP_KEEPIDLE: 10, socket.TCP_KEEPINTVL: 5, socket.TCP_KEEPCNT: 4, socket.TCP_USER_TIMEOUT: 30_000}
"""As the server behind it would be told (`infra.log.urls.LINE`): who does not answer is gone."""
RESET = struct.pack("ii", 1, 0)
"""Closing then sends a reset, as when the other machine has forgotten the connection."""


class Proxy:
    """Listens on a port and passes on what comes to another one, both ways."""

    def __init__(self, port: int, to: int, wire: Wire | None = None) -> None:
        self._wire, self._to = wire, to
        self.url = f"{wire.address if wire else '127.0.0.1'}:{port}"
        self._open = threading.Event()
        """While it is clear nothing comes through, and nobody is told: as when a cable is pulled."""
        self._open.set()
        self.delay = 0.0
        """Seconds that each piece takes."""
        self._losing: bool | None = None
        """What comes back is lost (true), or what goes there."""
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._listener = wire.listener(port) if wire else socket.create_server(("127.0.0.1", port), backlog=128)
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Nothing comes through, and nobody is told."""
        if self._wire:
            self._wire.pull()
        else:
            self._open.clear()

    def lose(self, *, back: bool) -> None:
        """A batch on its way there, or the answer to one, comes to nobody: until the line is mended."""
        self._losing = back

    def mend(self) -> None:
        """What was held up goes on. Where something was lost both ends find their connections dead."""
        self.delay = 0.0
        if self._wire:
            self._wire.plug()
        self._open.set()
        if self._losing is not None:
            self.reset()
            self._losing = None

    def reset(self) -> None:
        """Both ends find their connections dead, and make new ones."""
        for pair in list(self._pairs):
            self._close(pair)

    def close(self) -> None:
        self._listener.close()
        self._open.set()
        self.reset()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._connect, args=(client,), daemon=True).start()

    def _connect(self, client: socket.socket) -> None:
        self._open.wait()
        try:
            server = socket.create_connection(("127.0.0.1", self._to), timeout=5)
        except OSError:
            client.close()
            return
        server.settimeout(None)
        pair = (client, server)
        self._pairs.add(pair)
        with suppress(OSError):  # it was reset meanwhile
            for each in pair:
                each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            for option, value in NOTICES.items():
                client.setsockopt(socket.IPPROTO_TCP, option, value)
        for source, target in (pair, pair[::-1]):
            threading.Thread(target=self._pass_on, args=(source, target, pair), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, pair: tuple[socket.socket, socket.socket]) -> None:
        back, lost = source is pair[1], False
        with suppress(OSError):
            while piece := source.recv(CHUNK):
                if self.delay:
                    time.sleep(self.delay)
                self._open.wait()
                lost = lost or self._losing is back  # then all that follows: a stream has no holes
                if not lost:
                    target.sendall(piece)
        self._close(pair)

    def _close(self, pair: tuple[socket.socket, socket.socket]) -> None:
        self._pairs.discard(pair)
        for each in pair:
            with suppress(OSError):
                each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                each.shutdown(socket.SHUT_RDWR)
            each.close()
