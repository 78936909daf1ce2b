"""An exchange over HTTP that ends in time as a whole: a byte now and then is no better than silence."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress


@contextmanager
def cut(seconds: float, sock: Callable[[], socket.socket | None]) -> Iterator[threading.Event]:
    """Ends the connection of a block that is not done in time, as soon as there is one; whether it was."""
    over, done = threading.Event(), threading.Event()
    threading.Thread(target=_ended, args=(seconds, sock, over, done), daemon=True).start()
    try:
        yield over
    finally:
        done.set()


def _ended(
    seconds: float, sock: Callable[[], socket.socket | None], over: threading.Event, done: threading.Event
) -> None:
    while not done.wait(seconds if not over.is_set() else 0.1):
        over.set()
        with suppress(OSError, AttributeError):  # not connected yet, or not any more
            if (held := sock()) is not None:
                held.shutdown(socket.SHUT_RDWR)
