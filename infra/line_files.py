"""Files that grow by lines while others read them."""

from __future__ import annotations

import os
from typing import IO


def whole(held: bytes) -> list[bytes]:
    """The lines that were written to their end: the last may be on its way, or cut off by a kill."""
    return held.split(b"\n")[:-1]


def add(file: IO[bytes], line: bytes) -> None:
    """Adds a line to a file opened with `a+b`, whole or not at all; it is on the disk when this returns.

    What a kill left of a line before it goes, and what does not fit on a full disk.
    """
    if end := file.seek(0, os.SEEK_END):
        file.seek(end - 1)
        if file.read(1) != b"\n":
            file.seek(0)
            file.truncate(end := file.read().rfind(b"\n") + 1)
    rest = line + b"\n"
    try:
        while rest:
            rest = rest[os.write(file.fileno(), rest) :]
        os.fsync(file.fileno())
    except OSError:
        os.ftruncate(file.fileno(), end)
        raise
