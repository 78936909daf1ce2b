"""The log as JSON lines, byte by byte as it is stored: for auditors, and to restore a log from (see log/bundle.py)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, BinaryIO

import msgspec

from infra.log.bundle import line
from infra.log.port import Log, StoreError, leaf_of

BATCH = 10_000
LONGEST = 1 << 24
"""Bytes looked back for the last whole line; no event is nearly as long."""


def lines(log: Log, after: int, upto: int) -> Iterator[bytes]:
    """The lines of the events after a position, up to one. Bytes that do not fit their hash are not handed on."""
    while after < upto and (rows := log.raw_entries(after, min(BATCH, upto - after))):
        touched = log.touched(after, rows[-1].position)
        for row in rows:
            if leaf_of(row.body) != row.leaf:
                raise StoreError(f"position {row.position} was altered and is not exported; danze verify says more")
            yield line(row, touched.get(row.position, ()))
        after = rows[-1].position


def export(log: Log, path: Path, upto: int, progress: Callable[[int], None]) -> tuple[int, int]:
    """Writes the file up to a position, or goes on where one ends; answers (position it stood at, events written)."""
    with path.open("r+b" if path.exists() else "w+b") as file:
        stood = _resume(file, log, path)
        for written, text in enumerate(lines(log, stood, upto), 1):
            file.write(text)
            if written % BATCH == 0:
                progress(stood + written)
        file.flush()
        os.fsync(file.fileno())
    return stood, max(0, upto - stood)


def _resume(file: BinaryIO, log: Log, path: Path) -> int:
    """The position of the last whole line. It must be a line of this log; of half a line after it nothing stays."""
    size = file.seek(0, os.SEEK_END)
    start = file.seek(max(0, size - LONGEST))
    whole, end, half = file.read().rpartition(b"\n")
    last = whole.rpartition(b"\n")[2] + end
    position = _position(last)
    if last != _line(log, position) or not _line(log, position + 1).startswith(half):
        raise StoreError(f"{path} holds something else than the beginning of this log; name another file")
    file.truncate(start + len(whole) + len(end))
    file.seek(0, os.SEEK_END)
    return position


def _line(log: Log, position: int) -> bytes:
    """The line at a position; nothing where there is none."""
    return next(lines(log, position - 1, position), b"") if position else b""


class _At(msgspec.Struct):
    position: Annotated[int, msgspec.Meta(ge=1)]


def _position(text: bytes) -> int:
    try:
        return msgspec.json.decode(text, type=_At).position
    except msgspec.MsgspecError:
        return 0
