"""One at a time in a folder: a lock on the folder itself needs no file that somebody would have to clear away."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def alone(folder: Path, *, wait: bool = True) -> Iterator[None]:
    """Nobody else is alone here meanwhile; it ends with the process, however that ends.

    Raises `BlockingIOError` where another is, unless it is to be waited for.
    """
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield
    finally:
        os.close(held)
